package governance.org.partition_filter_test

import data.governance.org.partition_filter

test_a_read_of_every_partition_is_reported if found("unfiltered_partition") == {{
	"id": "ORG-CST-002",
	"path": "/contracts/0/quality/0",
	"args": {"source": "sound", "detail": "this"},
}}

test_another_fault_passes if count(found("every_column")) == 0

found(fault) := violations if {
	violations := partition_filter.violation with input.contracts as [{"sqlFaults": [{
		"fault": fault,
		"detail": "this",
		"source": "sound",
		"path": "/contracts/0/quality/0",
	}]}]
}
