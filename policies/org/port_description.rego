# METADATA
# title: An output port is described
# custom:
#   id: ORG-DSC-005
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Output port {port} does not say what it offers."
#   remediation: "Write its description in a sentence."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.port_description

violation contains v if {
	some port in input.product.outputPorts
	port.description == ""
	v := {"id": "ORG-DSC-005", "path": port.path, "args": {"port": port.name}}
}
