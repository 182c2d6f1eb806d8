# METADATA
# title: Personal data is held on a lawful basis
# custom:
#   id: ORG-PRV-003
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data and names no lawful basis."
#   remediation: "Declare `lawfulBasis` on the product or the contract as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.lawful_basis

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	allowed := data.org.params.privacy.lawful_bases
	not contract.lawfulBasis in allowed
	v := {"id": "ORG-PRV-003", "path": contract.path, "args": {"allowed": allowed, "contract": contract.id}}
}
