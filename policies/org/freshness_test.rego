package governance.org.freshness_test

import data.governance.org.freshness

test_a_contract_without_freshness_is_reported if found("retention") == {{
	"id": "ORG-QLT-004",
	"path": "/contracts/0",
	"args": {"contract": "orders", "expected": ["latency"]},
}}

test_a_contract_with_a_latency_passes if count(found("Latency")) == 0

found(property) := violations if {
	violations := freshness.violation with input.contracts as [{
		"id": "orders",
		"path": "/contracts/0",
		"sla": [{"property": property}],
	}]
		with data.org.params.quality.freshness_properties as ["latency"]
}
