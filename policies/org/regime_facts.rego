# METADATA
# title: What a regime wants to be told is declared
# custom:
#   id: ORG-PRV-008
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} is under {regime} and does not declare `{fact}`."
#   remediation: "Declare the custom property `{fact}` on the product or the contract."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_facts

violation contains v if {
	some contract in input.contracts
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	some fact in regime.facts
	object.get(contract.custom, fact, "") == ""
	v := {"id": "ORG-PRV-008", "path": contract.path, "args": {
		"contract": contract.id,
		"fact": fact,
		"regime": regime.title,
	}}
}
