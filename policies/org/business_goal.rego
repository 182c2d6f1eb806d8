# METADATA
# title: An important metric names the goal it serves
# custom:
#   id: ORG-MET-002
#   category: metrics
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [metric]}
#   message: "{asset} is of {tier} and names no business goal."
#   remediation: "Declare `businessGoal`, the decision or target that the metric serves."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.business_goal

violation contains v if {
	input.asset.tier in data.org.params.metrics.tiers_with_goal
	input.asset.businessGoal == ""
	v := {"id": "ORG-MET-002", "path": input.asset.path, "args": {"tier": input.asset.tier}}
}
