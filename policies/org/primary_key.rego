# METADATA
# title: A table has a key
# custom:
#   id: ORG-CTR-005
#   category: contracts
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{object} names no primary key."
#   remediation: "Mark what tells one row from another with `primaryKey`."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.primary_key

violation contains v if {
	some contract in input.contracts
	keyed := [column.object | some column in contract.columns; column.primaryKey]
	some item in contract.objects
	not item.name in keyed
	v := {"id": "ORG-CTR-005", "path": item.path, "args": {"object": item.name}}
}
