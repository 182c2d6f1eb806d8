# METADATA
# title: A data product says where its consumers get help
# custom:
#   id: ORG-OWN-101
#   category: ownership
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: warn}
#   scope: {kinds: [data_product]}
#   message: "{asset} names no support channel."
#   remediation: "Add `support` to the product, with the channel and its address."
#   owner: data-governance
#   since: 2026-11-21
package governance.org.support_channel

violation contains v if {
	count(input.product.support) == 0
	v := {"id": "ORG-OWN-101", "path": input.product.path, "args": {}}
}
