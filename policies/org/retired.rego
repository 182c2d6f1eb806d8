# METADATA
# title: What is retired is not published again
# custom:
#   id: ORG-LIF-003
#   category: lifecycle
#   severity: error
#   guidance: mandatory
#   enforcement: {ci: warn, register: warn, publish: deny, audit: warn}
#   scope: {kinds: [data_product, metric]}
#   message: "{asset} is declared retired."
#   remediation: "Publish what replaces it; a retired asset comes back under a new name."
#   owner: data-governance
#   since: 2026-11-01
package governance.org.retired

violation contains v if {
	input.asset.status == "retired"
	v := {"id": "ORG-LIF-003", "path": input.asset.path, "args": {}}
}
