package governance.org.reference_column_type_test

import data.governance.org.reference_column_type

test_a_zip_code_that_is_a_number_here_and_text_there_is_reported if found("zip_code", "integer", "string") == {{
	"id": "ORG-CON-001",
	"path": "/contracts/0/columns/0",
	"args": {"column": "zip_code", "here": "integer", "product": "sales.stores", "there": "string"},
}}

test_a_zip_code_of_one_type_passes if count(found("zip_code", "string", "string")) == 0

test_two_types_of_one_family_pass if count(found("zip_code", "integer", "number")) == 0

test_a_column_without_a_type_is_not_judged if count(found("zip_code", "", "string")) == 0

test_other_names_are_not_judged_here if count(found("plan", "integer", "string")) == 0

found(name, here, there) := violations if {
	violations := reference_column_type.violation with input.contracts as [{"columns": [{
		"logicalType": here,
		"name": name,
		"normalName": name,
		"path": "/contracts/0/columns/0",
	}]}]
		with input.mesh.columns as {name: [{"product": "sales.stores", "logicalType": there}]}
		with data.org.params.columns as {"reference_names": "(^|_)zip_code$", "type_families": {"integer": "number"}}
}
