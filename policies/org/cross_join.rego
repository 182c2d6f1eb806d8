# METADATA
# title: A quality query joins on something
# custom:
#   id: ORG-CST-001
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Check {check} joins every row with every row."
#   remediation: "Join on a condition; a cross join costs rows times rows."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.cross_join

violation contains v if {
	some contract in input.contracts
	some check in contract.quality
	query := lower(check.query)
	query != ""
	pattern := data.org.params.sql.cross_join
	regex.match(pattern, query)
	v := {"id": "ORG-CST-001", "path": check.path, "args": {"check": check.name}}
}
