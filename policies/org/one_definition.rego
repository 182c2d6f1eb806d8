# METADATA
# title: A metric name means one thing across the mesh
# custom:
#   id: ORG-MET-003
#   category: metrics
#   severity: error
#   guidance: recommended
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [metric]}
#   message: "{metric} is defined by {domain}; this definition differs."
#   remediation: "Use {domain}.{metric}, or give this metric a name of its own."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.one_definition

violation contains v if {
	digests := [one.definitionDigest | some one in input.mesh.metrics]
	not digest_is_served(digests)
	some governed in input.mesh.metrics
	v := {"id": "ORG-MET-003", "path": input.metric.path, "args": {
		"domain": governed.domain,
		"metric": governed.name,
	}}
}

digest_is_served(digests) if input.asset.definitionDigest in digests
