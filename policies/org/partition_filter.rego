# METADATA
# title: A query of a partitioned table filters by its partition
# custom:
#   id: ORG-CST-002
#   category: cost and SQL
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{source} reads every partition of {detail}."
#   remediation: "Add a condition on the partition column."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.partition_filter

violation contains v if {
	some contract in input.contracts
	some sql in contract.sqlFaults
	sql.fault == "unfiltered_partition"
	v := {"id": "ORG-CST-002", "path": sql.path, "args": {"source": sql.source, "detail": sql.detail}}
}
