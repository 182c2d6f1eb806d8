package governance.org.primary_key_test

import data.governance.org.primary_key

test_a_table_without_key_is_reported if found("orders", false) == {{
	"id": "ORG-CTR-005",
	"path": "/contracts/0/objects/0",
	"args": {"object": "orders"},
}}

test_the_key_of_another_table_does_not_count if count(found("refunds", true)) == 1

test_a_table_with_its_key_passes if count(found("orders", true)) == 0

found(table, key) := violations if {
	violations := primary_key.violation with input.contracts as [{
		"columns": [{"object": table, "primaryKey": key}],
		"objects": [{"name": "orders", "path": "/contracts/0/objects/0"}],
	}]
}
