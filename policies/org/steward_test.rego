package governance.org.steward_test

import data.governance.org.steward

test_an_asset_without_a_steward_is_reported if found("") == {{"id": "ORG-OWN-002", "path": "/asset", "args": {}}}

test_an_asset_with_a_steward_passes if count(found("ada")) == 0

found(name) := violations if {
	violations := steward.violation with input.asset as {"steward": name, "path": "/asset"}
}
