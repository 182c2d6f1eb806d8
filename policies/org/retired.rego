# METADATA
# title: What is retired is not published again
# custom:
#   id: ORG-LIF-003
#   category: lifecycle
#   severity: error
#   enforcement: {ci: warn, register: warn, publish: deny, audit: warn}
#   kinds: [data_product, metric]
#   message: "{asset} is declared retired."
#   remediation: "Publish what replaces it; a retired asset comes back under a new name."
#   owner: data-governance
package governance.org.retired

violation contains v if {
	input.asset.status == "retired"
	v := {"id": "ORG-LIF-003", "path": input.asset.path, "args": {}}
}
