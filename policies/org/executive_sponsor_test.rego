package governance.org.executive_sponsor_test

import data.governance.org.executive_sponsor

test_a_north_star_metric_without_a_sponsor_is_reported if {
	found("north_star", "") == {{"id": "ORG-MET-001", "path": "/asset", "args": {}}}
}

test_a_north_star_metric_with_a_sponsor_passes if count(found("north_star", "ada")) == 0

test_other_metrics_need_none if count(found("tier_1", "")) == 0

found(tier, sponsor) := violations if {
	violations := executive_sponsor.violation with input.asset as {
		"executiveSponsor": sponsor,
		"path": "/asset",
		"tier": tier,
	}
}
