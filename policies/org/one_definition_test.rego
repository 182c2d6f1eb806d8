package governance.org.one_definition_test

import data.governance.org.one_definition

gmv := {"domain": "finance", "name": "gmv", "definitionDigest": "sha256:1"}

test_another_definition_of_a_governed_name_is_reported if {
	found("sha256:2", [gmv]) == {{"id": "ORG-MET-003", "path": "/metric", "args": {"domain": "finance", "metric": "gmv"}}}
}

test_the_same_definition_passes if count(found("sha256:1", [gmv])) == 0

test_the_definition_of_one_served_version_passes if {
	count(found("sha256:1", [gmv, object.union(gmv, {"definitionDigest": "sha256:0"})])) == 0
}

test_a_name_that_nobody_governs_passes if count(found("sha256:2", [])) == 0

found(digest, governed) := violations if {
	violations := one_definition.violation with input.asset.definitionDigest as digest
		with input.metric.path as "/metric"
		with input.mesh.metrics as governed
}
