package governance.org.owner_and_steward_test

import data.governance.org.owner_and_steward

test_one_person_in_both_roles_is_reported if found("ada", "ada") == {{
	"id": "ORG-OWN-003",
	"path": "/asset",
	"args": {"person": "ada"},
}}

test_two_people_pass if count(found("ada", "grace")) == 0

test_nobody_at_all_is_another_rules_matter if count(found("", "")) == 0

found(owner, steward) := violations if {
	violations := owner_and_steward.violation with input.asset as {"owner": owner, "path": "/asset", "steward": steward}
}
