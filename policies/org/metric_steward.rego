# METADATA
# title: An important metric names its steward
# custom:
#   id: ORG-SGN-002
#   category: sign-off
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [metric]}
#   message: "{asset} is of {tier} and names no steward to sign it off."
#   remediation: "Declare `steward`, who looks at each change of the definition."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.metric_steward

violation contains v if {
	input.asset.steward == ""
	input.asset.tier in data.org.params.metrics.tiers_with_goal
	v := {"id": "ORG-SGN-002", "path": input.asset.path, "args": {"tier": input.asset.tier}}
}
