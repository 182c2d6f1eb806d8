package governance.org.residency_test

import data.governance.org.residency

test_personal_data_in_a_region_that_is_not_allowed_is_reported if found("personal", [], "moon") == {{
	"id": "ORG-RES-001",
	"path": "/contracts/0/servers/0",
	"args": {"allowed": ["eu", "us"], "contract": "people", "regime": "the organisation", "region": "moon"},
}}

test_personal_data_in_no_named_region_is_reported if {
	some v in found("personal", [], "")
	v.args.region == "a place that it does not name"
}

test_personal_data_where_its_regime_forbids_it_is_reported if {
	some v in found("personal", ["GDPR"], "us")
	v.args == {"allowed": ["eu"], "contract": "people", "regime": "GDPR", "region": "us"}
}

test_personal_data_where_all_allow_it_passes if count(found("personal", ["gdpr", "ccpa"], "eu")) == 0

test_data_that_is_not_personal_may_lie_anywhere if count(found("internal", ["gdpr"], "moon")) == 0

found(classification, regimes, region) := violations if {
	violations := residency.violation with input.contracts as [{
		"classifications": [classification],
		"id": "people",
		"locations": [{"region": region, "path": "/contracts/0/servers/0"}],
		"regimes": regimes,
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
		with data.org.params.residency.regions_allowed as ["eu", "us"]
		with data.org.params.regimes.known as {
			"ccpa": {"regions": [], "title": "CCPA"},
			"gdpr": {"regions": ["eu"], "title": "GDPR"},
		}
}
