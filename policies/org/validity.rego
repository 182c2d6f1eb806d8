# METADATA
# title: An asset is within its time
# custom:
#   id: ORG-LIF-002
#   category: lifecycle
#   severity: warning
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   kinds: [data_product, metric]
#   message: "{asset} was valid until {end}."
#   remediation: "Look at it again and move `validTo`, or retire it."
#   owner: data-governance
package governance.org.validity

violation contains v if {
	input.asset.validTo != ""
	input.asset.validTo < input.today
	v := {"id": "ORG-LIF-002", "path": input.asset.path, "args": {"end": input.asset.validTo}}
}
