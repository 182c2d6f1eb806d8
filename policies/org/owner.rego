# METADATA
# title: An asset names its owner
# custom:
#   id: ORG-OWN-001
#   category: ownership
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} names no owner."
#   remediation: "Declare `owner`, a person or group that answers for it."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.owner

violation contains v if {
	input.asset.owner == ""
	v := {"id": "ORG-OWN-001", "path": input.asset.path, "args": {}}
}
