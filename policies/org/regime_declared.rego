# METADATA
# title: Personal data names the regimes it is under
# custom:
#   id: ORG-PRV-005
#   category: privacy
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data and names no regime."
#   remediation: "Declare `regimes` on the product or the contract, as {known}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_declared

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	count(contract.regimes) == 0
	known := sort(object.keys(data.org.params.regimes.known))
	v := {"id": "ORG-PRV-005", "path": contract.path, "args": {"contract": contract.id, "known": known}}
}
