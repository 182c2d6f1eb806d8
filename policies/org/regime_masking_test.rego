package governance.org.regime_masking_test

import data.governance.org.regime_masking

test_a_masking_that_is_too_weak_is_reported if found("biometric", "partial") == {{
	"id": "ORG-PRV-009",
	"path": "/contracts/0/columns/0",
	"args": {
		"allowed": ["encryption"],
		"classification": "biometric",
		"column": "iris",
		"object": "people",
		"regime": "BIPA",
	},
}}

test_a_masking_that_suffices_passes if count(found("biometric", "encryption")) == 0

test_another_classification_passes if count(found("personal", "partial")) == 0

found(classification, masking) := violations if {
	violations := regime_masking.violation with input.contracts as [{
		"columns": [{
			"classification": classification,
			"masking": masking,
			"name": "iris",
			"object": "people",
			"path": "/contracts/0/columns/0",
		}],
		"regimes": ["bipa"],
	}]
		with data.org.params.regimes.known as {"bipa": {"maskings": {"biometric": ["encryption"]}, "title": "BIPA"}}
}
