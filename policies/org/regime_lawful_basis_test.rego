package governance.org.regime_lawful_basis_test

import data.governance.org.regime_lawful_basis

test_a_basis_that_the_regime_does_not_know_is_reported if found("contract", ["Consent only"]) == {{
	"id": "ORG-PRV-007",
	"path": "/contracts/0",
	"args": {"allowed": ["consent"], "basis": "contract", "contract": "people", "regime": "Consent Act"},
}}

test_a_basis_that_the_regime_knows_passes if count(found("consent", ["consent_only"])) == 0

test_a_regime_that_asks_for_none_passes if count(found("contract", ["any"])) == 0

found(basis, regimes) := violations if {
	violations := regime_lawful_basis.violation with input.contracts as [{
		"classifications": ["personal"],
		"id": "people",
		"lawfulBasis": basis,
		"path": "/contracts/0",
		"regimes": regimes,
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
		with data.org.params.regimes.known as {
			"any": {"lawful_bases": [], "title": "Any"},
			"consent_only": {"lawful_bases": ["consent"], "title": "Consent Act"},
		}
}
