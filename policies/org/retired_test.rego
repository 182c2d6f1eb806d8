package governance.org.retired_test

import data.governance.org.retired

test_a_retired_asset_is_reported if found("retired") == {{
	"id": "ORG-LIF-003",
	"path": "/asset",
	"args": {},
}}

test_any_other_status_passes if count(found("active")) == 0

found(status) := violations if {
	violations := retired.violation with input.asset as {"path": "/asset", "status": status}
}
