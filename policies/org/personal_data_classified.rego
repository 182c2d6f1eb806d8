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

	# One question about all names, line by line, spares a question about each where none is personal.
	unmarked := [one.normalName | some one in contract.columns; not one.classification in personal]
	regex.match(concat("", ["(?m)", names]), concat("\n", unmarked))
	some column in contract.columns
	not column.classification in personal
	regex.match(names, column.normalName)
	v := {"id": "ORG-PRV-001", "path": column.path, "args": {
		"allowed": personal,
		"classification": shown(column.classification),
		"column": column.name,
		"object": column.object,
	}}
}

shown(classification) := "nothing" if classification == ""

shown(classification) := classification if classification != ""
