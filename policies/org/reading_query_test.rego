package governance.org.reading_query_test

import data.governance.org.reading_query

test_a_statement_that_writes_is_reported if found("DELETE FROM orders") == {{
	"id": "ORG-SQL-001",
	"path": "/contracts/0/quality/0",
	"args": {"check": "sound"},
}}

test_a_select_passes if count(found(" SELECT count(*) FROM orders")) == 0

test_a_check_without_query_passes if count(found("")) == 0

found(query) := violations if {
	violations := reading_query.violation with input.contracts as [{"quality": [{
		"name": "sound",
		"path": "/contracts/0/quality/0",
		"query": query,
	}]}]
		with data.org.params.sql.reading_statement as "^\\s*(select|with)\\b"
}
