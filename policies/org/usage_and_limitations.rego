# METADATA
# title: A data product says how to use it and what it lacks
# custom:
#   id: ORG-DSC-003
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{asset} does not say {missing}."
#   remediation: "Write `description.usage` and `description.limitations`."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.usage_and_limitations

violation contains v if {
	input.product.usage == ""
	v := {"id": "ORG-DSC-003", "path": input.product.path, "args": {"missing": "what it is to be used for"}}
}

violation contains v if {
	input.product.limitations == ""
	v := {"id": "ORG-DSC-003", "path": input.product.path, "args": {"missing": "what is not in it"}}
}
