package governance.org.description_test

import data.governance.org.description

test_an_asset_without_a_description_is_reported if found("") == {{"id": "ORG-DSC-001", "path": "/asset", "args": {}}}

test_a_described_asset_passes if count(found("Orders.")) == 0

found(text) := violations if {
	violations := description.violation with input.asset as {"description": text, "path": "/asset"}
}
