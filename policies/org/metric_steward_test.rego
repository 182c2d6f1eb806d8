package governance.org.metric_steward_test

import data.governance.org.metric_steward

test_an_important_metric_without_steward_is_reported if found("tier_1", "") == {{
	"id": "ORG-SGN-002",
	"path": "/asset",
	"args": {"tier": "tier_1"},
}}

test_an_important_metric_with_steward_passes if count(found("tier_1", "grace")) == 0

test_any_other_metric_needs_none if count(found("tier_3", "")) == 0

found(tier, steward) := violations if {
	violations := metric_steward.violation with input.asset as {"path": "/asset", "steward": steward, "tier": tier}
		with data.org.params.metrics.tiers_with_goal as ["tier_1"]
}
