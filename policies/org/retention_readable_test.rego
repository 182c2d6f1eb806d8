package governance.org.retention_readable_test

import data.governance.org.retention_readable

test_a_retention_that_cannot_be_read_is_reported if found("a while", -1) == {{
	"id": "ORG-RET-001",
	"path": "/contracts/0",
	"args": {"contract": "people", "retention": "a while"},
}}

test_a_length_of_time_passes if count(found("7y", 2555)) == 0

test_no_retention_is_another_rules_matter if count(found("", -1)) == 0

found(retention, days) := violations if {
	violations := retention_readable.violation with input.contracts as [{
		"id": "people",
		"path": "/contracts/0",
		"retention": retention,
		"retentionDays": days,
	}]
}
