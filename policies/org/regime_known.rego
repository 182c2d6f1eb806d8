# METADATA
# title: A declared regime is one whose demands are known
# custom:
#   id: ORG-PRV-006
#   category: privacy
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} names the regime {regime}, whose demands are not known."
#   remediation: "Write one of {known}, or add it to `params/regimes.json`."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.regime_known

violation contains v if {
	some contract in input.contracts
	some regime in contract.regimes
	known := sort(object.keys(data.org.params.regimes.known))
	not replace(lower(regime), " ", "_") in known
	v := {"id": "ORG-PRV-006", "path": contract.path, "args": {
		"contract": contract.id,
		"known": known,
		"regime": regime,
	}}
}
