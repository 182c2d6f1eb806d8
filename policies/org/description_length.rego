# METADATA
# title: A description says more than a name
# custom:
#   id: ORG-DSC-004
#   category: documentation
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} is described in fewer than {minimum} characters."
#   remediation: "Say in a sentence what it is for and for whom."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.description_length

violation contains v if {
	input.asset.description != ""
	minimum := data.org.params.documentation.minimum_characters
	count(split(input.asset.description, "")) < minimum
	v := {"id": "ORG-DSC-004", "path": input.asset.path, "args": {"minimum": minimum}}
}
