package governance.org.cross_join_test

import data.governance.org.cross_join

test_a_cross_join_is_reported if found("cross_join") == {{
	"id": "ORG-CST-001",
	"path": "/contracts/0/quality/0",
	"args": {"source": "sound", "detail": "this"},
}}

test_another_fault_passes if count(found("every_column")) == 0

found(fault) := violations if {
	violations := cross_join.violation with input.contracts as [{"sqlFaults": [{
		"fault": fault,
		"detail": "this",
		"source": "sound",
		"path": "/contracts/0/quality/0",
	}]}]
}
