# METADATA
# title: What is deprecated names its successor
# custom:
#   id: ORG-LIF-001
#   category: lifecycle
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} is deprecated and does not say what replaces it."
#   remediation: "Declare `replacedBy`, or `none` where nothing does."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.replacement

violation contains v if {
	input.asset.status == "deprecated"
	input.asset.replacedBy == ""
	v := {"id": "ORG-LIF-001", "path": input.asset.path, "args": {}}
}
