# METADATA
# title: An asset names its steward
# custom:
#   id: ORG-OWN-002
#   category: ownership
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "{asset} names no steward."
#   remediation: "Declare `steward`, who keeps its data good."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.steward

violation contains v if {
	input.asset.steward == ""
	v := {"id": "ORG-OWN-002", "path": input.asset.path, "args": {}}
}
