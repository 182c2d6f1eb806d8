# METADATA
# title: A quality query only reads
# custom:
#   id: ORG-SQL-001
#   category: cost and SQL
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Check {check} holds a query that is no SELECT."
#   remediation: "Write one statement that begins with SELECT or WITH."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.reading_query

violation contains v if {
	pattern := data.org.params.sql.reading_statement
	some contract in input.contracts
	some check in contract.quality
	query := lower(check.query)
	query != ""
	not regex.match(pattern, query)
	v := {"id": "ORG-SQL-001", "path": check.path, "args": {"check": check.name}}
}
