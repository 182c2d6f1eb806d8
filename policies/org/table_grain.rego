# METADATA
# title: A table says what one row is
# custom:
#   id: ORG-DSC-006
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{object} does not say what one row of it is."
#   remediation: "Write `dataGranularityDescription`, as *one row per order*."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.table_grain

violation contains v if {
	some contract in input.contracts
	some item in contract.objects
	item.granularity == ""
	v := {"id": "ORG-DSC-006", "path": item.path, "args": {"object": item.name}}
}
