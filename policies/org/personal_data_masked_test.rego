package governance.org.personal_data_masked_test

import data.governance.org.personal_data_masked

test_a_personal_column_without_masking_is_reported if found("personal", "") == {{
	"id": "ORG-PRV-002",
	"path": "/contracts/0/columns/0",
	"args": {"allowed": ["hash"], "classification": "personal", "column": "email", "object": "people"},
}}

test_a_masking_that_masks_nothing_is_reported if count(found("personal", "none")) == 1

test_a_masked_column_passes if count(found("personal", "hash")) == 0

test_a_column_that_is_not_personal_needs_no_masking if count(found("internal", "")) == 0

found(classification, masking) := violations if {
	violations := personal_data_masked.violation with input.contracts as [{"columns": [{
		"classification": classification,
		"masking": masking,
		"name": "email",
		"object": "people",
		"path": "/contracts/0/columns/0",
	}]}]
		with data.org.params.privacy as {"personal_classifications": ["personal"], "maskings": ["hash"]}
}
