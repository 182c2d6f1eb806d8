package governance.org.column_tags_test

import data.governance.org.column_tags

test_a_personal_column_without_tags_is_reported if found("personal", false, []) == {{
	"id": "ORG-TAG-002",
	"path": "/contracts/0/columns/0",
	"args": {"column": "email", "object": "people"},
}}

test_a_critical_column_without_tags_is_reported if count(found("", true, [])) == 1

test_a_tagged_column_passes if count(found("personal", true, ["contact"])) == 0

test_an_ordinary_column_needs_no_tags if count(found("internal", false, [])) == 0

found(classification, critical, tags) := violations if {
	violations := column_tags.violation with input.contracts as [{"columns": [{
		"classification": classification,
		"critical": critical,
		"name": "email",
		"object": "people",
		"path": "/contracts/0/columns/0",
		"tags": tags,
	}]}]
		with data.org.params.privacy.personal_classifications as ["personal"]
}
