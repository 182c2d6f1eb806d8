package governance.org.retention_test

import data.governance.org.retention

test_personal_data_without_retention_is_reported if found("personal", "") == {{
	"id": "ORG-PRV-004",
	"path": "/contracts/0",
	"args": {"contract": "people"},
}}

test_personal_data_with_retention_passes if count(found("personal", "7y")) == 0

test_data_that_is_not_personal_needs_none if count(found("internal", "")) == 0

found(classification, kept) := violations if {
	violations := retention.violation with input.contracts as [{
		"classifications": [classification],
		"id": "people",
		"path": "/contracts/0",
		"retention": kept,
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
}
