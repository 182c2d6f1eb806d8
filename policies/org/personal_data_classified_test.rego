package governance.org.personal_data_classified_test

import data.governance.org.personal_data_classified

test_an_unclassified_email_column_is_reported if found("email", "") == {{
	"id": "ORG-PRV-001",
	"path": "/contracts/0/columns/0",
	"args": {"allowed": ["personal"], "classification": "nothing", "column": "email", "object": "people"},
}}

test_an_email_column_called_public_is_reported if {
	some v in found("work_email", "public")
	v.args.classification == "public"
}

test_a_classified_email_column_passes if count(found("email", "personal")) == 0

test_a_column_named_for_something_else_passes if count(found("email_count", "")) == 0

found(name, classification) := violations if {
	violations := personal_data_classified.violation with input.contracts as [{"columns": [{
		"classification": classification,
		"name": name,
		"normalName": name,
		"object": "people",
		"path": "/contracts/0/columns/0",
	}]}]
		with data.org.params.privacy as {"personal_classifications": ["personal"], "personal_names": "(^|_)email$"}
}
