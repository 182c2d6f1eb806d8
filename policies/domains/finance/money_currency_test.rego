package governance.domains.finance.money_currency_test

import data.governance.domains.finance.money_currency

test_an_amount_without_a_currency_is_reported if found("amount", {}, "") == {{
	"id": "FIN-CUR-001",
	"path": "/contracts/0/columns/0",
	"args": {"column": "amount", "expected": "currency", "object": "invoices"},
}}

test_an_amount_with_its_currency_passes if count(found("amount", {"currency": "EUR"}, "")) == 0

test_an_amount_beside_a_currency_column_passes if count(found("amount", {}, "invoices")) == 0

test_a_currency_column_of_another_table_does_not_count if count(found("amount", {}, "rates")) == 1

test_what_is_no_money_passes if count(found("quantity", {}, "")) == 0

found(name, properties, currency_table) := violations if {
	violations := money_currency.violation with input.contracts as [{"columns": [
		{
			"custom": properties,
			"logicalType": "number",
			"name": name,
			"normalName": name,
			"object": "invoices",
			"path": "/contracts/0/columns/0",
		},
		{
			"custom": {},
			"logicalType": "string",
			"name": "currency",
			"normalName": "currency",
			"object": currency_table,
			"path": "/contracts/0/columns/1",
		},
	]}]
		with data.domains.finance.params.money as {"money_names": "(^|_)amount$", "currency_column": "currency"}
}
