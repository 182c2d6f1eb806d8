package governance.org.localisation_test

import data.governance.org.localisation

test_data_outside_is_reported if found("localisation_eu", "us") == {{
	"id": "ORG-RES-002",
	"path": "/contracts/0/servers/0",
	"args": {"allowed": ["eu"], "contract": "meters", "regime": "EU only", "region": "us"},
}}

test_data_in_no_named_place_is_reported if count(found("localisation_eu", "")) == 1

test_data_inside_passes if count(found("localisation_eu", "eu")) == 0

test_a_regime_for_personal_data_is_another_rules_matter if count(found("gdpr", "us")) == 0

found(regime, region) := violations if {
	violations := localisation.violation with input.contracts as [{
		"id": "meters",
		"locations": [{"path": "/contracts/0/servers/0", "region": region}],
		"regimes": [regime],
	}]
		with data.org.params.regimes.known as {
			"gdpr": {"all_data": false, "regions": ["eu"], "title": "GDPR"},
			"localisation_eu": {"all_data": true, "regions": ["eu"], "title": "EU only"},
		}
}
