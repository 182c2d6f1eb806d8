# METADATA
# title: Data is masked as its regime asks
# custom:
#   id: ORG-PRV-009
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Column {column} of {object} is {classification} and not masked as {regime} asks."
#   remediation: "Declare the custom property `masking` as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_masking

violation contains v if {
	some contract in input.contracts
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	some classification, allowed in regime.maskings
	some column in contract.columns
	column.classification == classification
	not column.masking in allowed
	v := {"id": "ORG-PRV-009", "path": column.path, "args": {
		"allowed": allowed,
		"classification": classification,
		"column": column.name,
		"object": column.object,
		"regime": regime.title,
	}}
}
