package governance.org.cross_join_test

import data.governance.org.cross_join

test_a_cross_join_is_reported if found("SELECT count(*) FROM a CROSS  JOIN b") == {{
	"id": "ORG-CST-001",
	"path": "/contracts/0/quality/0",
	"args": {"check": "sound"},
}}

test_a_join_on_a_column_passes if count(found("SELECT count(*) FROM a JOIN b USING (id)")) == 0

test_a_check_without_query_passes if count(found("")) == 0

found(query) := violations if {
	violations := cross_join.violation with input.contracts as [{"quality": [{
		"name": "sound",
		"path": "/contracts/0/quality/0",
		"query": query,
	}]}]
		with data.org.params.sql.cross_join as "\\bcross\\s+join\\b"
}
