# METADATA
# title: A data product offers an output port
# custom:
#   id: ORG-CTR-002
#   category: contracts
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "{asset} offers nothing: it has no output port."
#   remediation: "Add an output port with its contract."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.output_port

violation contains v if {
	count(input.product.outputPorts) == 0
	v := {"id": "ORG-CTR-002", "path": input.product.path, "args": {}}
}
