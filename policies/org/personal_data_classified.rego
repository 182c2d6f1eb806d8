# METADATA
# title: Personal data is classified as such
# custom:
#   id: ORG-PRV-001
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} looks like personal data and is classified as {classification}."
#   remediation: "Classify it as one of {allowed}, or name it for what it holds."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.personal_data_classified

violation contains v if {
	names := data.org.params.privacy.personal_names
	personal := data.org.params.privacy.personal_classifications
	some contract in input.contracts
	some column in contract.columns
	regex.match(names, column.normalName)
	not column.classification in personal
	v := {"id": "ORG-PRV-001", "path": column.path, "args": {
		"allowed": personal,
		"classification": shown(column.classification),
		"column": column.name,
		"object": column.object,
	}}
}

shown(classification) := "nothing" if classification == ""

shown(classification) := classification if classification != ""
