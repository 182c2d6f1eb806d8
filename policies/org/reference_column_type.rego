# METADATA
# title: A reference column has one type across the mesh
# custom:
#   id: ORG-CON-001
#   category: contracts
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Column {column} is {here} here and {there} in {product}."
#   remediation: "Give it the type it has in {product}, so that the two can be joined."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.reference_column_type

violation contains v if {
	names := data.org.params.columns.reference_names
	mesh := input.mesh.columns
	some contract in input.contracts
	some column in contract.columns
	some served in mesh[column.normalName]
	column.logicalType != ""
	family(served.logicalType) != family(column.logicalType)
	regex.match(names, column.normalName)
	v := {"id": "ORG-CON-001", "path": column.path, "args": {
		"column": column.name,
		"here": column.logicalType,
		"product": served.product,
		"there": served.logicalType,
	}}
}

family(type) := object.get(data.org.params.columns.type_families, type, type)
