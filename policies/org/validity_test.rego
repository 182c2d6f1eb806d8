package governance.org.validity_test

import data.governance.org.validity

test_an_asset_past_its_time_is_reported if found("2026-11-20") == {{
	"id": "ORG-LIF-002",
	"path": "/asset",
	"args": {"end": "2026-11-20"},
}}

test_the_last_day_passes if count(found("2026-11-21")) == 0

test_an_asset_without_end_passes if count(found("")) == 0

found(end) := violations if {
	violations := validity.violation with input.asset as {"path": "/asset", "validTo": end}
		with input.today as "2026-11-21"
}
