# METADATA
# title: Data stays where a localisation law keeps it
# custom:
#   id: ORG-RES-002
#   category: residency
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product]}
#   message: "Contract {contract} is under {regime} and lies in {region}."
#   remediation: "Declare `storageRegion`, or the server's `region`, as one of {allowed}."
#   owner: privacy-office
#   since: 2026-11-01
package governance.org.localisation

violation contains v if {
	some contract in input.contracts
	some declared in contract.regimes
	regime := data.org.params.regimes.known[replace(lower(declared), " ", "_")]
	regime.all_data
	allowed := regime.regions
	some location in contract.locations
	not location.region in allowed
	v := {"id": "ORG-RES-002", "path": location.path, "args": {
		"allowed": allowed,
		"contract": contract.id,
		"regime": regime.title,
		"region": shown(location.region),
	}}
}

shown(region) := "a place that it does not name" if region == ""

shown(region) := region if region != ""
