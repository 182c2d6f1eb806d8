package governance.org.implicit_cast_test

import data.governance.org.implicit_cast

test_a_comparison_of_two_types_is_reported if found("implicit_cast") == {{
	"id": "ORG-SQL-004",
	"path": "/contracts/0/quality/0",
	"args": {"source": "sound", "detail": "this"},
}}

test_another_fault_passes if count(found("every_column")) == 0

test_a_comparison_of_two_types_in_a_metric_is_reported if {
	violations := implicit_cast.violation with input.contracts as []
		with input.metric as {"sqlFaults": [{
			"fault": "implicit_cast",
			"detail": "this",
			"source": "gmv",
			"path": "/metric",
		}]}
	count(violations) == 1
}

found(fault) := violations if {
	violations := implicit_cast.violation with input.contracts as [{"sqlFaults": [{
		"fault": fault,
		"detail": "this",
		"source": "sound",
		"path": "/contracts/0/quality/0",
	}]}]
		with input.metric as {"sqlFaults": []}
}
