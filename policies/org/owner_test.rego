package governance.org.owner_test

import data.governance.org.owner

test_an_asset_without_an_owner_is_reported if found("") == {{"id": "ORG-OWN-001", "path": "/asset", "args": {}}}

test_an_asset_with_an_owner_passes if count(found("ada")) == 0

found(name) := violations if {
	violations := owner.violation with input.asset as {"owner": name, "path": "/asset"}
}
