package governance.domains.marketing.consent_purpose_test

import data.governance.domains.marketing.consent_purpose

test_personal_data_without_a_consented_purpose_is_reported if found("personal", {}) == {{
	"id": "MKT-CNS-001",
	"path": "/contracts/0",
	"args": {"allowed": ["newsletter"], "contract": "people"},
}}

test_a_purpose_that_nobody_was_asked_for_is_reported if count(found("personal", {"consentPurpose": "resale"})) == 1

test_personal_data_with_a_consented_purpose_passes if count(found("personal", {"consentPurpose": "newsletter"})) == 0

test_data_that_is_not_personal_needs_none if count(found("internal", {})) == 0

found(classification, properties) := violations if {
	violations := consent_purpose.violation with input.contracts as [{
		"classifications": [classification],
		"custom": properties,
		"id": "people",
		"path": "/contracts/0",
	}]
		with data.org.params.privacy.personal_classifications as ["personal"]
		with data.domains.marketing.params.consent.purposes as ["newsletter"]
}
