package governance.org.usage_and_limitations_test

import data.governance.org.usage_and_limitations

test_a_product_without_usage_is_reported if found("", "Nothing of 2019.") == {{
	"id": "ORG-DSC-003",
	"path": "/product",
	"args": {"missing": "what it is to be used for"},
}}

test_a_product_without_both_is_reported_twice if count(found("", "")) == 2

test_a_product_with_both_passes if count(found("Count them.", "Nothing of 2019.")) == 0

found(usage, limitations) := violations if {
	violations := usage_and_limitations.violation with input.product as {
		"limitations": limitations,
		"path": "/product",
		"usage": usage,
	}
}
