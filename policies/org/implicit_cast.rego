# METADATA
# title: SQL compares values of one type
# custom:
#   id: ORG-SQL-004
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{source} compares values of two types: {detail}."
#   remediation: "Write the value in the type of the column, or cast in so many words."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.implicit_cast

violation contains v if {
	some contract in input.contracts
	some sql in contract.sqlFaults
	sql.fault == "implicit_cast"
	v := {"id": "ORG-SQL-004", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}

violation contains v if {
	some sql in input.metric.sqlFaults
	sql.fault == "implicit_cast"
	v := {"id": "ORG-SQL-004", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}
