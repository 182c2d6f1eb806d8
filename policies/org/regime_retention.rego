# METADATA
# title: Data is kept as long as its regime asks, and no longer
# custom:
#   id: ORG-RET-003
#   category: retention
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} keeps its data for {days} days; {regime} asks for {wanted}."
#   remediation: "Change `retention`, or ask for a waiver."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_retention

violation contains v if {
	some contract in input.contracts
	contract.retentionDays >= 0
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	regime.maximum_retention_days > 0
	contract.retentionDays > regime.maximum_retention_days
	v := found(contract, regime, "at most", regime.maximum_retention_days)
}

violation contains v if {
	some contract in input.contracts
	contract.retentionDays >= 0
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	contract.retentionDays < regime.minimum_retention_days
	v := found(contract, regime, "at least", regime.minimum_retention_days)
}

found(contract, regime, word, limit) := {"id": "ORG-RET-003", "path": contract.path, "args": {
	"contract": contract.id,
	"days": contract.retentionDays,
	"regime": regime.title,
	"wanted": [word, limit],
}}
