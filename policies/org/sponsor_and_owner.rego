# METADATA
# title: The sponsor of a metric is not its owner
# custom:
#   id: ORG-SGN-001
#   category: sign-off
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [metric]}
#   message: "{asset} has {person} as its owner and as its executive sponsor."
#   remediation: "Name another sponsor; nobody signs off a definition of their own."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.sponsor_and_owner

violation contains v if {
	input.asset.executiveSponsor != ""
	input.asset.executiveSponsor == input.asset.owner
	v := {"id": "ORG-SGN-001", "path": input.asset.path, "args": {"person": input.asset.owner}}
}
