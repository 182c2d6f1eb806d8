package governance.org.lawful_basis_test

import data.governance.org.lawful_basis

test_personal_data_without_a_lawful_basis_is_reported if found("personal", "") == {{
	"id": "ORG-PRV-003",
	"path": "/contracts/0",
	"args": {"allowed": ["consent"], "contract": "people"},
}}

test_a_basis_that_is_none_is_reported if count(found("personal", "curiosity")) == 1

test_personal_data_on_a_lawful_basis_passes if count(found("personal", "consent")) == 0

test_data_that_is_not_personal_needs_none if count(found("internal", "")) == 0

found(classification, basis) := violations if {
	violations := lawful_basis.violation with input.contracts as [{
		"classifications": [classification],
		"id": "people",
		"lawfulBasis": basis,
		"path": "/contracts/0",
	}]
		with data.org.params.privacy as {"personal_classifications": ["personal"], "lawful_bases": ["consent"]}
}
