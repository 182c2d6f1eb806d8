# METADATA
# title: A contract says how its quality is measured
# custom:
#   id: ORG-QLT-001
#   category: quality
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} declares no quality check."
#   remediation: "Declare `quality`, as a row count above zero."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.quality_declared

violation contains v if {
	some contract in input.contracts
	count(contract.quality) == 0
	v := {"id": "ORG-QLT-001", "path": contract.path, "args": {"contract": contract.id}}
}
