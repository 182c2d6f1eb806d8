# METADATA
# title: A query names its columns
# custom:
#   id: ORG-SQL-002
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{source} asks for every column with {detail}."
#   remediation: "Name the columns, so that a new one changes nothing."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.select_star

violation contains v if {
	some contract in input.contracts
	some sql in contract.sqlFaults
	sql.fault == "every_column"
	v := {"id": "ORG-SQL-002", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}
