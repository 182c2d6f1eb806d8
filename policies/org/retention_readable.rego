# METADATA
# title: A retention is a number with a unit
# custom:
#   id: ORG-RET-001
#   category: retention
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} keeps its data for {retention}, which is no length of time."
#   remediation: "Write a number with a unit, as `7 y`, `90 d` or `P7Y`."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.retention_readable

violation contains v if {
	some contract in input.contracts
	contract.retention != ""
	contract.retentionDays < 0
	v := {"id": "ORG-RET-001", "path": contract.path, "args": {
		"contract": contract.id,
		"retention": contract.retention,
	}}
}
