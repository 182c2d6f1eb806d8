package governance.org.review_cadence_test

import data.governance.org.review_cadence

test_a_metric_without_cadence_is_reported if found("") == {{
	"id": "ORG-MET-004",
	"path": "/asset",
	"args": {},
}}

test_a_cadence_that_is_no_duration_is_reported if count(found("now and then")) == 1

test_a_duration_passes if count(found("P3M")) == 0

found(cadence) := violations if {
	violations := review_cadence.violation with input.asset as {"path": "/asset", "reviewCadence": cadence}
		with data.org.params.metrics.review_cadence as "^P[0-9]+[DWMY]$"
}
