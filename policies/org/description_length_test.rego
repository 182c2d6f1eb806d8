package governance.org.description_length_test

import data.governance.org.description_length

test_a_word_is_reported if found("Orders") == {{
	"id": "ORG-DSC-004",
	"path": "/asset",
	"args": {"minimum": 12},
}}

test_a_sentence_passes if count(found("Orders as they were paid.")) == 0

test_no_description_is_another_rules_matter if count(found("")) == 0

found(description) := violations if {
	violations := description_length.violation with input.asset as {"description": description, "path": "/asset"}
		with data.org.params.documentation.minimum_characters as 12
}
