# METADATA
# title: An asset is within its time
# custom:
#   id: ORG-LIF-002
#   category: lifecycle
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} was valid until {end}."
#   remediation: "Look at it again and move `validTo`, or retire it."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.validity

violation contains v if {
	input.asset.validTo != ""
	input.asset.validTo < input.today
	v := {"id": "ORG-LIF-002", "path": input.asset.path, "args": {"end": input.asset.validTo}}
}
