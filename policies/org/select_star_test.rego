package governance.org.select_star_test

import data.governance.org.select_star

test_every_column_is_reported if found("SELECT DISTINCT * FROM orders") == {{
	"id": "ORG-SQL-002",
	"path": "/contracts/0/quality/0",
	"args": {"check": "sound"},
}}

test_a_count_of_rows_passes if count(found("SELECT count(*) FROM orders")) == 0

test_a_check_without_query_passes if count(found("")) == 0

found(query) := violations if {
	violations := select_star.violation with input.contracts as [{"quality": [{
		"name": "sound",
		"path": "/contracts/0/quality/0",
		"query": query,
	}]}]
		with data.org.params.sql.every_column as "\\bselect\\s+(distinct\\s+)?\\*"
}
