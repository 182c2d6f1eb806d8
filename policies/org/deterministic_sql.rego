# METADATA
# title: SQL gives the same answer on the same data
# custom:
#   id: ORG-SQL-003
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{source} depends on more than the data: {detail}."
#   remediation: "Compare with a column, or with a moment that is written down."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.deterministic_sql

violation contains v if {
	some contract in input.contracts
	some sql in contract.sqlFaults
	sql.fault == "non_deterministic"
	v := {"id": "ORG-SQL-003", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}

violation contains v if {
	some sql in input.metric.sqlFaults
	sql.fault == "non_deterministic"
	v := {"id": "ORG-SQL-003", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}
