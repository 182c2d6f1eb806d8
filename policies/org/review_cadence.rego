# METADATA
# title: A metric is looked at again
# custom:
#   id: ORG-MET-004
#   category: metrics
#   severity: warning
#   guidance: elective
#   enforcement: {ci: warn, register: warn, publish: warn, audit: warn}
#   scope: {kinds: [metric]}
#   message: "{asset} does not say how often its definition is reviewed."
#   remediation: "Declare `reviewCadence` as a duration, as `P3M`."
#   owner: metrics-council
#   since: 2026-11-01
package governance.org.review_cadence

violation contains v if {
	pattern := data.org.params.metrics.review_cadence
	cadence := input.asset.reviewCadence
	not regex.match(pattern, cadence)
	v := {"id": "ORG-MET-004", "path": input.asset.path, "args": {}}
}
