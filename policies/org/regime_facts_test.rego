package governance.org.regime_facts_test

import data.governance.org.regime_facts

test_a_fact_that_is_not_declared_is_reported if found({}) == {{
	"id": "ORG-PRV-008",
	"path": "/contracts/0",
	"args": {"contract": "people", "fact": "purpose", "regime": "GDPR"},
}}

test_an_empty_fact_is_reported if count(found({"purpose": ""})) == 1

test_a_declared_fact_passes if count(found({"purpose": "newsletter"})) == 0

found(properties) := violations if {
	violations := regime_facts.violation with input.contracts as [{
		"custom": properties,
		"id": "people",
		"path": "/contracts/0",
		"regimes": ["GDPR"],
	}]
		with data.org.params.regimes.known as {"gdpr": {"facts": ["purpose"], "title": "GDPR"}}
}
