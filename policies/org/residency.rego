# METADATA
# title: Personal data stays where its regimes allow
# custom:
#   id: ORG-RES-001
#   category: residency
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} holds personal data in {region}, which {regime} does not allow."
#   remediation: "Declare `storageRegion`, or the server's `region`, as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.residency

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	some location in contract.locations
	allowed := data.org.params.residency.regions_allowed
	not location.region in allowed
	v := found(contract, location, "the organisation", allowed)
}

violation contains v if {
	some contract in input.contracts
	some classification in contract.classifications
	classification in data.org.params.privacy.personal_classifications
	some location in contract.locations
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	count(regime.regions) > 0
	allowed := regime.regions
	not location.region in allowed
	v := found(contract, location, regime.title, allowed)
}

found(contract, location, regime, allowed) := {"id": "ORG-RES-001", "path": location.path, "args": {
	"allowed": allowed,
	"contract": contract.id,
	"regime": regime,
	"region": shown(location.region),
}}

shown(region) := "a place that it does not name" if region == ""

shown(region) := region if region != ""
