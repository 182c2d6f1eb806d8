package governance.org.table_grain_test

import data.governance.org.table_grain

test_a_table_without_grain_is_reported if found("") == {{
	"id": "ORG-DSC-006",
	"path": "/contracts/0/objects/0",
	"args": {"object": "orders"},
}}

test_a_table_with_its_grain_passes if count(found("one row per order")) == 0

found(granularity) := violations if {
	violations := table_grain.violation with input.contracts as [{"objects": [{
		"granularity": granularity,
		"name": "orders",
		"path": "/contracts/0/objects/0",
	}]}]
}
