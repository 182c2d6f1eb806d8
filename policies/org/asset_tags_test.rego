package governance.org.asset_tags_test

import data.governance.org.asset_tags

test_a_product_without_tags_is_reported if found([]) == {{"id": "ORG-TAG-001", "path": "/asset", "args": {}}}

test_a_tagged_product_passes if count(found(["orders"])) == 0

found(tags) := violations if {
	violations := asset_tags.violation with input.asset as {"tags": tags, "path": "/asset"}
}
