package governance.org.support_channel_test

import data.governance.org.support_channel

test_a_product_without_support_is_reported if found([]) == {{
	"id": "ORG-OWN-101",
	"path": "/product",
	"args": {},
}}

test_a_product_with_support_passes if count(found(["#shop"])) == 0

found(support) := violations if {
	violations := support_channel.violation with input.product as {"path": "/product", "support": support}
}
