# METADATA
# title: A quality check names its dimension
# custom:
#   id: ORG-QLT-002
#   category: quality
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Check {check} names the dimension {dimension}."
#   remediation: "Declare `dimension` as one of {allowed}."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.quality_dimension

violation contains v if {
	allowed := data.org.params.quality.dimensions
	some contract in input.contracts
	some check in contract.quality
	not check.dimension in allowed
	v := {"id": "ORG-QLT-002", "path": check.path, "args": {
		"allowed": allowed,
		"check": shown(check.name),
		"dimension": shown(check.dimension),
	}}
}

shown(text) := "(none)" if text == ""

shown(text) := text if text != ""
