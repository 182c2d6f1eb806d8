# METADATA
# title: A metric says how much hangs on it
# custom:
#   id: ORG-MET-005
#   category: metrics
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [metric]}
#   message: "{asset} names the tier {tier}."
#   remediation: "Declare `tier` as one of {allowed}; it says which sign-offs are needed."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.tier

violation contains v if {
	allowed := data.org.params.metrics.tiers
	not_one_of(input.asset.tier, allowed)
	v := {"id": "ORG-MET-005", "path": input.asset.path, "args": {
		"allowed": allowed,
		"tier": shown(input.asset.tier),
	}}
}

not_one_of(tier, allowed) if not tier in allowed

shown(tier) := "(none)" if tier == ""

shown(tier) := tier if tier != ""
