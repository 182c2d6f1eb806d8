# METADATA
# title: A critical column is never empty
# custom:
#   id: ORG-QLT-003
#   category: quality
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} is critical and may be empty."
#   remediation: "Declare it `required`, or say why it is not critical."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.critical_column

violation contains v if {
	some contract in input.contracts
	some column in contract.columns
	column.critical
	not column.required
	v := {"id": "ORG-QLT-003", "path": column.path, "args": {"column": column.name, "object": column.object}}
}
