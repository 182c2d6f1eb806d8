package governance.org.sponsor_and_owner_test

import data.governance.org.sponsor_and_owner

test_a_sponsor_of_their_own_metric_is_reported if found("ada", "ada") == {{
	"id": "ORG-SGN-001",
	"path": "/asset",
	"args": {"person": "ada"},
}}

test_another_sponsor_passes if count(found("ada", "ingrid")) == 0

test_a_metric_without_sponsor_passes if count(found("", "")) == 0

found(owner, sponsor) := violations if {
	violations := sponsor_and_owner.violation with input.asset as {
		"executiveSponsor": sponsor,
		"owner": owner,
		"path": "/asset",
	}
}
