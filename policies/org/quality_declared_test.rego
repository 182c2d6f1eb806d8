package governance.org.quality_declared_test

import data.governance.org.quality_declared

test_a_contract_without_checks_is_reported if found([]) == {{
	"id": "ORG-QLT-001",
	"path": "/contracts/0",
	"args": {"contract": "orders"},
}}

test_a_contract_with_a_check_passes if count(found([{"name": "there are rows"}])) == 0

found(checks) := violations if {
	violations := quality_declared.violation with input.contracts as [{
		"id": "orders",
		"path": "/contracts/0",
		"quality": checks,
	}]
}
