# METADATA
# title: Personal data in marketing names what was consented to
# custom:
#   id: MKT-CNS-001
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data and names no purpose that people consented to."
#   remediation: "Declare `consentPurpose` as one of {allowed}."
#   owner: marketing-data
#   since: 2026-11-01
package governance.domains.marketing.consent_purpose

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	allowed := data.domains.marketing.params.consent.purposes
	purpose := object.get(contract.custom, "consentPurpose", "")
	not purpose in allowed
	v := {"id": "MKT-CNS-001", "path": contract.path, "args": {"allowed": allowed, "contract": contract.id}}
}
