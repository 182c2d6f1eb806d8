package governance.org.service_level_test

import data.governance.org.service_level

test_a_contract_without_a_service_level_is_reported if found([]) == {{
	"id": "ORG-SLO-001",
	"path": "/contracts/0",
	"args": {"contract": "sales-orders"},
}}

test_a_contract_with_a_service_level_passes if count(found([{"property": "latency"}])) == 0

found(levels) := violations if {
	violations := service_level.violation with input.contracts as [{
		"id": "sales-orders",
		"path": "/contracts/0",
		"sla": levels,
	}]
}
