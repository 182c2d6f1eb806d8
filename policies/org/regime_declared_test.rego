package governance.org.regime_declared_test

import data.governance.org.regime_declared

test_personal_data_under_no_regime_is_reported if found("personal", []) == {{
	"id": "ORG-PRV-005",
	"path": "/contracts/0",
	"args": {"contract": "people", "known": ["ccpa", "gdpr"]},
}}

test_personal_data_under_a_regime_passes if count(found("personal", ["gdpr"])) == 0

test_data_that_is_not_personal_needs_none if count(found("internal", [])) == 0

found(classification, regimes) := violations if {
	violations := regime_declared.violation with input.contracts as [{
		"classifications": [classification],
		"id": "people",
		"path": "/contracts/0",
		"regimes": regimes,
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
		with data.org.params.regimes.known as {"gdpr": {}, "ccpa": {}}
}
