package governance.org.critical_column_test

import data.governance.org.critical_column

test_a_critical_column_that_may_be_empty_is_reported if found(true, false) == {{
	"id": "ORG-QLT-003",
	"path": "/contracts/0/columns/0",
	"args": {"column": "amount", "object": "orders"},
}}

test_a_critical_column_that_is_required_passes if count(found(true, true)) == 0

test_any_other_column_may_be_empty if count(found(false, false)) == 0

found(critical, required) := violations if {
	violations := critical_column.violation with input.contracts as [{"columns": [{
		"critical": critical,
		"name": "amount",
		"object": "orders",
		"path": "/contracts/0/columns/0",
		"required": required,
	}]}]
}
