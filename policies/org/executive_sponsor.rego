# METADATA
# title: A north-star metric names its executive sponsor
# custom:
#   id: ORG-MET-001
#   category: sign-off
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [metric]}
#   message: "{asset} is a north-star metric and names no executive sponsor."
#   remediation: "Declare `executiveSponsor`; the sponsor then signs off each definition."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.executive_sponsor

violation contains v if {
	input.asset.tier == "north_star"
	input.asset.executiveSponsor == ""
	v := {"id": "ORG-MET-001", "path": input.asset.path, "args": {}}
}
