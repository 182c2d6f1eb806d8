# METADATA
# title: An asset says what it is for
# custom:
#   id: ORG-DSC-001
#   category: documentation
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} does not say what it is for."
#   remediation: "Write a description of one sentence or more."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.description

violation contains v if {
	input.asset.description == ""
	v := {"id": "ORG-DSC-001", "path": input.asset.path, "args": {}}
}
