# METADATA
# title: A data product has tags to be found by
# custom:
#   id: ORG-TAG-001
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{asset} has no tags."
#   remediation: "Add tags by which others look for it."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.asset_tags

violation contains v if {
	count(input.asset.tags) == 0
	v := {"id": "ORG-TAG-001", "path": input.asset.path, "args": {}}
}
