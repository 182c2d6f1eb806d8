package governance.org.column_description_test

import data.governance.org.column_description

test_a_column_without_a_description_is_reported if found("") == {{
	"id": "ORG-DSC-002",
	"path": "/contracts/0/columns/0",
	"args": {"column": "email", "object": "people"},
}}

test_a_described_column_passes if count(found("Where to write to.")) == 0

found(text) := violations if {
	violations := column_description.violation with input.contracts as [{"columns": [{
		"description": text,
		"name": "email",
		"object": "people",
		"path": "/contracts/0/columns/0",
	}]}]
}
