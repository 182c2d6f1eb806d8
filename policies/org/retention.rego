# METADATA
# title: Personal data is kept for a stated time
# custom:
#   id: ORG-PRV-004
#   category: retention
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data and does not say how long it is kept."
#   remediation: "Declare the service level or the custom property `retention`."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.retention

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	contract.retention == ""
	v := {"id": "ORG-PRV-004", "path": contract.path, "args": {"contract": contract.id}}
}
