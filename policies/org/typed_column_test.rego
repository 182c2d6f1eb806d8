package governance.org.typed_column_test

import data.governance.org.typed_column

test_a_column_without_type_is_reported if found("", "") == {{
	"id": "ORG-CTR-004",
	"path": "/contracts/0/columns/0",
	"args": {"column": "id", "object": "orders"},
}}

test_a_logical_type_passes if count(found("integer", "")) == 0

test_a_physical_type_passes if count(found("", "BIGINT")) == 0

found(logical, physical) := violations if {
	violations := typed_column.violation with input.contracts as [{"columns": [{
		"logicalType": logical,
		"name": "id",
		"object": "orders",
		"path": "/contracts/0/columns/0",
		"physicalType": physical,
	}]}]
}
