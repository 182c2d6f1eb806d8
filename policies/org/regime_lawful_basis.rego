# METADATA
# title: The lawful basis is one that each regime knows
# custom:
#   id: ORG-PRV-007
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data on the basis {basis}, which {regime} does not know."
#   remediation: "Declare `lawfulBasis` as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_lawful_basis

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	contract.lawfulBasis != ""
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	count(regime.lawful_bases) > 0
	allowed := regime.lawful_bases
	not contract.lawfulBasis in allowed
	v := {"id": "ORG-PRV-007", "path": contract.path, "args": {
		"allowed": allowed,
		"basis": contract.lawfulBasis,
		"contract": contract.id,
		"regime": regime.title,
	}}
}
