package governance.org.retention_limit_test

import data.governance.org.retention_limit

test_personal_data_kept_too_long_is_reported if found("personal", 101) == {{
	"id": "ORG-RET-002",
	"path": "/contracts/0",
	"args": {"contract": "people", "days": 101, "limit": 100},
}}

test_personal_data_within_the_limit_passes if count(found("personal", 100)) == 0

test_other_data_may_be_kept if count(found("internal", 101)) == 0

found(classification, days) := violations if {
	violations := retention_limit.violation with input.contracts as [{
		"classifications": [classification],
		"id": "people",
		"path": "/contracts/0",
		"retentionDays": days,
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
		with data.org.params.retention.maximum_days as 100
}
