package governance.org.column_type_test

import data.governance.org.column_type

test_a_plan_that_is_a_number_here_and_text_there_is_reported if found("plan", "integer", "string") == {{
	"id": "ORG-CON-002",
	"path": "/contracts/0/columns/0",
	"args": {"column": "plan", "here": "integer", "product": "sales.stores", "there": "string"},
}}

test_a_plan_of_one_type_passes if count(found("plan", "string", "string")) == 0

test_reference_names_are_not_judged_here if count(found("zip_code", "integer", "string")) == 0

found(name, here, there) := violations if {
	violations := column_type.violation with input.contracts as [{"columns": [{
		"logicalType": here,
		"name": name,
		"normalName": name,
		"path": "/contracts/0/columns/0",
	}]}]
		with input.mesh.columns as {name: [{"product": "sales.stores", "logicalType": there}]}
		with data.org.params.columns as {"reference_names": "(^|_)zip_code$", "type_families": {"integer": "number"}}
}
