# METADATA
# title: Personal and critical columns have tags
# custom:
#   id: ORG-TAG-002
#   category: documentation
#   severity: info
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} has no tags."
#   remediation: "Tag it, so that it is found when an obligation changes."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.column_tags

violation contains v if {
	personal := data.org.params.privacy.personal_classifications
	some contract in input.contracts
	some column in contract.columns
	true in [column.classification in personal, column.critical]
	column.tags == []
	v := {"id": "ORG-TAG-002", "path": column.path, "args": {"column": column.name, "object": column.object}}
}
