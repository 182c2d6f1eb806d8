# METADATA
# title: Money names its currency
# custom:
#   id: FIN-CUR-001
#   category: contracts
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} holds money in no named currency."
#   remediation: "Declare the custom property `currency`, or add a column {expected} beside it."
#   owner: finance-data
#   since: 2026-11-01
package governance.domains.finance.money_currency

violation contains v if {
	some contract in input.contracts
	some column in contract.columns
	column.logicalType in ["integer", "number"]
	regex.match(data.domains.finance.params.money.money_names, column.normalName)
	object.get(column.custom, "currency", "") == ""
	expected := data.domains.finance.params.money.currency_column
	not expected in columns_beside(contract, column)
	v := {"id": "FIN-CUR-001", "path": column.path, "args": {
		"column": column.name,
		"expected": expected,
		"object": column.object,
	}}
}

columns_beside(contract, column) := [other.normalName |
	some other in contract.columns
	other.object == column.object
]
