# METADATA
# title: A contract says how fresh its data is
# custom:
#   id: ORG-QLT-004
#   category: quality
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} does not say how old its newest row may be."
#   remediation: "Declare one of the service levels {expected}."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.freshness

violation contains v if {
	some contract in input.contracts
	expected := data.org.params.quality.freshness_properties
	fresh := [level.property | some level in contract.sla; lower(level.property) in expected]
	count(fresh) == 0
	v := {"id": "ORG-QLT-004", "path": contract.path, "args": {"contract": contract.id, "expected": expected}}
}
