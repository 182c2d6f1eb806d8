package governance.org.regime_retention_test

import data.governance.org.regime_retention

test_data_kept_too_long_is_reported if found(1096) == {{
	"id": "ORG-RET-003",
	"path": "/contracts/0",
	"args": {"contract": "people", "days": 1096, "regime": "BIPA", "wanted": ["at most", 1095]},
}}

test_data_kept_too_shortly_is_reported if {
	some v in found(9)
	v.args.wanted == ["at least", 10]
}

test_data_kept_in_between_passes if count(found(1095)) == 0

test_a_retention_that_cannot_be_read_is_another_rules_matter if count(found(-1)) == 0

found(days) := violations if {
	violations := regime_retention.violation with input.contracts as [{
		"id": "people",
		"path": "/contracts/0",
		"regimes": ["BIPA"],
		"retentionDays": days,
	}]
		with data.org.params.regimes.known as {"bipa": {
			"maximum_retention_days": 1095,
			"minimum_retention_days": 10,
			"title": "BIPA",
		}}
}
