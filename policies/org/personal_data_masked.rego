# METADATA
# title: Personal data is masked
# custom:
#   id: ORG-PRV-002
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} is {classification} and names no way to mask it."
#   remediation: "Declare the custom property `masking` as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.personal_data_masked

violation contains v if {
	personal := data.org.params.privacy.personal_classifications
	allowed := data.org.params.privacy.maskings
	some contract in input.contracts
	some column in contract.columns
	column.classification in personal
	not column.masking in allowed
	v := {"id": "ORG-PRV-002", "path": column.path, "args": {
		"allowed": allowed,
		"classification": column.classification,
		"column": column.name,
		"object": column.object,
	}}
}
