# METADATA
# title: Owner and steward are two people
# custom:
#   id: ORG-OWN-003
#   category: ownership
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} has {person} as its owner and as its steward."
#   remediation: "Name another steward, so that two people look at the data."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.owner_and_steward

violation contains v if {
	input.asset.owner != ""
	input.asset.owner == input.asset.steward
	v := {"id": "ORG-OWN-003", "path": input.asset.path, "args": {"person": input.asset.owner}}
}
