# METADATA
# title: Every output port has its contract
# custom:
#   id: ORG-CTR-001
#   category: contracts
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Output port {port} comes without its contract {contract}."
#   remediation: "Add the contract with that id to the documents."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.output_port_contract

violation contains v if {
	some port in input.product.outputPorts
	not port.hasContract
	v := {"id": "ORG-CTR-001", "path": port.path, "args": {"contract": port.contractId, "port": port.name}}
}
