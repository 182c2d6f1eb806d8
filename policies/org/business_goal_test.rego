package governance.org.business_goal_test

import data.governance.org.business_goal

test_a_tier_1_metric_without_a_goal_is_reported if {
	found("tier_1", "") == {{"id": "ORG-MET-002", "path": "/asset", "args": {"tier": "tier_1"}}}
}

test_a_tier_1_metric_with_a_goal_passes if count(found("tier_1", "Grow.")) == 0

test_a_tier_3_metric_needs_none if count(found("tier_3", "")) == 0

found(tier, goal) := violations if {
	violations := business_goal.violation with input.asset as {"businessGoal": goal, "path": "/asset", "tier": tier}
		with data.org.params.metrics.tiers_with_goal as ["north_star", "tier_1"]
}
