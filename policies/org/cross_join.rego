# METADATA
# title: A query joins on something
# custom:
#   id: ORG-CST-001
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{source} joins every row with every row of {detail}."
#   remediation: "Join on a condition; a cross join costs rows times rows."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.cross_join

violation contains v if {
	some contract in input.contracts
	some sql in contract.sqlFaults
	sql.fault == "cross_join"
	v := {"id": "ORG-CST-001", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}
