# METADATA
# title: Columns of one name have one type across the mesh
# custom:
#   id: ORG-CON-002
#   category: contracts
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Column {column} is {here} here and {there} in {product}."
#   remediation: "Give it the same type, or another name if it means something else."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.column_type

violation contains v if {
	names := data.org.params.columns.reference_names
	mesh := input.mesh.columns
	some contract in input.contracts
	some column in contract.columns
	some served in mesh[column.normalName]
	column.logicalType != ""
	family(served.logicalType) != family(column.logicalType)
	not regex.match(names, column.normalName)
	v := {"id": "ORG-CON-002", "path": column.path, "args": {
		"column": column.name,
		"here": column.logicalType,
		"product": served.product,
		"there": served.logicalType,
	}}
}

family(type) := object.get(data.org.params.columns.type_families, type, type)
