package governance.org.quality_dimension_test

import data.governance.org.quality_dimension

test_a_check_without_dimension_is_reported if found("") == {{
	"id": "ORG-QLT-002",
	"path": "/contracts/0/quality/0",
	"args": {"allowed": ["coverage"], "check": "there are rows", "dimension": "(none)"},
}}

test_a_dimension_that_nobody_knows_is_reported if count(found("goodness")) == 1

test_a_known_dimension_passes if count(found("coverage")) == 0

found(dimension) := violations if {
	violations := quality_dimension.violation with input.contracts as [{"quality": [{
		"dimension": dimension,
		"name": "there are rows",
		"path": "/contracts/0/quality/0",
	}]}]
		with data.org.params.quality.dimensions as ["coverage"]
}
