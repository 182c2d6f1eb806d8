package governance.org.select_star_test

import data.governance.org.select_star

test_every_column_is_reported if found("every_column") == {{
	"id": "ORG-SQL-002",
	"path": "/contracts/0/quality/0",
	"args": {"source": "sound", "detail": "this"},
}}

test_another_fault_passes if count(found("cross_join")) == 0

found(fault) := violations if {
	violations := select_star.violation with input.contracts as [{"sqlFaults": [{
		"fault": fault,
		"detail": "this",
		"source": "sound",
		"path": "/contracts/0/quality/0",
	}]}]
}
