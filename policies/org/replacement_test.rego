package governance.org.replacement_test

import data.governance.org.replacement

test_a_deprecated_asset_without_successor_is_reported if found("deprecated", "") == {{
	"id": "ORG-LIF-001",
	"path": "/asset",
	"args": {},
}}

test_a_deprecated_asset_with_successor_passes if count(found("deprecated", "sales.orders")) == 0

test_an_active_asset_needs_none if count(found("active", "")) == 0

found(status, successor) := violations if {
	violations := replacement.violation with input.asset as {
		"path": "/asset",
		"replacedBy": successor,
		"status": status,
	}
}
