# METADATA
# title: A column has a type
# custom:
#   id: ORG-CTR-004
#   category: contracts
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} has no type."
#   remediation: "Declare `logicalType`, and `physicalType` where the two differ."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.typed_column

violation contains v if {
	some contract in input.contracts
	some column in contract.columns
	column.logicalType == ""
	column.physicalType == ""
	v := {"id": "ORG-CTR-004", "path": column.path, "args": {"column": column.name, "object": column.object}}
}
