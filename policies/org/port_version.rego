# METADATA
# title: A port and its contract name one version
# custom:
#   id: ORG-CTR-003
#   category: contracts
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Output port {port} names version {named} of a contract that is {version}."
#   remediation: "Name the contract's version in the port."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.port_version

violation contains v if {
	some port in input.product.outputPorts
	port.version != ""
	some contract in input.contracts
	contract.id == port.contractId
	contract.version != port.version
	v := {"id": "ORG-CTR-003", "path": port.path, "args": {
		"named": port.version,
		"port": port.name,
		"version": contract.version,
	}}
}
