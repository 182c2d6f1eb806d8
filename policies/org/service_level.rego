# METADATA
# title: A contract declares a service level
# custom:
#   id: ORG-SLO-001
#   category: quality
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} declares no service level."
#   remediation: "Declare `slaProperties`, as latency or retention."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.service_level

violation contains v if {
	some contract in input.contracts
	count(contract.sla) == 0
	v := {"id": "ORG-SLO-001", "path": contract.path, "args": {"contract": contract.id}}
}
