# METADATA
# title: A quality query names its columns
# custom:
#   id: ORG-SQL-002
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Check {check} asks for every column with `*`."
#   remediation: "Name the columns, so that a new one changes nothing."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.select_star

violation contains v if {
	some contract in input.contracts
	some check in contract.quality
	query := lower(check.query)
	query != ""
	pattern := data.org.params.sql.every_column
	regex.match(pattern, query)
	v := {"id": "ORG-SQL-002", "path": check.path, "args": {"check": check.name}}
}
