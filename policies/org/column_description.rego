# METADATA
# title: A column is described
# custom:
#   id: ORG-DSC-002
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} is not described."
#   remediation: "Say in a sentence what the column holds."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.column_description

violation contains v if {
	some contract in input.contracts
	some column in contract.columns
	column.description == ""
	v := {"id": "ORG-DSC-002", "path": column.path, "args": {"column": column.name, "object": column.object}}
}
