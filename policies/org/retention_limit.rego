# METADATA
# title: Personal data is not kept longer than the organisation allows
# custom:
#   id: ORG-RET-002
#   category: retention
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} keeps personal data for {days} days; {limit} are allowed."
#   remediation: "Shorten `retention`, or ask for a waiver."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.retention_limit

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	limit := data.org.params.retention.maximum_days
	contract.retentionDays > limit
	v := {"id": "ORG-RET-002", "path": contract.path, "args": {
		"contract": contract.id,
		"days": contract.retentionDays,
		"limit": limit,
	}}
}
