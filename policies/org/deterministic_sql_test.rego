package governance.org.deterministic_sql_test

import data.governance.org.deterministic_sql

test_a_function_that_changes_is_reported if found("non_deterministic") == {{
	"id": "ORG-SQL-003",
	"path": "/contracts/0/quality/0",
	"args": {"source": "sound", "detail": "this"},
}}

test_another_fault_passes if count(found("every_column")) == 0

test_a_function_that_changes_in_a_metric_is_reported if {
	violations := deterministic_sql.violation with input.contracts as []
		with input.metric as {"sqlFaults": [{
			"fault": "non_deterministic",
			"detail": "this",
			"source": "gmv",
			"path": "/metric",
		}]}
	count(violations) == 1
}

found(fault) := violations if {
	violations := deterministic_sql.violation with input.contracts as [{"sqlFaults": [{
		"fault": fault,
		"detail": "this",
		"source": "sound",
		"path": "/contracts/0/quality/0",
	}]}]
		with input.metric as {"sqlFaults": []}
}
