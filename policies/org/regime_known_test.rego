package governance.org.regime_known_test

import data.governance.org.regime_known

test_a_regime_that_is_not_known_is_reported if found("GPDR") == {{
	"id": "ORG-PRV-006",
	"path": "/contracts/0",
	"args": {"contract": "people", "known": ["eu_ai_act", "gdpr"], "regime": "GPDR"},
}}

test_a_known_regime_passes if count(found("GDPR")) == 0

test_a_regime_of_several_words_passes if count(found("EU AI Act")) == 0

found(regime) := violations if {
	violations := regime_known.violation with input.contracts as [{
		"id": "people",
		"path": "/contracts/0",
		"regimes": [regime],
	}]
		with data.org.params.regimes.known as {"gdpr": {}, "eu_ai_act": {}}
}
