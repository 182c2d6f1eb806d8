package governance.org.tier_test

import data.governance.org.tier

test_a_metric_without_tier_is_reported if found("") == {{
	"id": "ORG-MET-005",
	"path": "/asset",
	"args": {"allowed": ["tier_1", "tier_2"], "tier": "(none)"},
}}

test_a_tier_that_does_not_exist_is_reported if count(found("gold")) == 1

test_a_tier_passes if count(found("tier_2")) == 0

found(tier_name) := violations if {
	violations := tier.violation with input.asset as {"path": "/asset", "tier": tier_name}
		with data.org.params.metrics.tiers as ["tier_1", "tier_2"]
}
