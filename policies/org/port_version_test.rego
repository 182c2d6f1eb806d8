package governance.org.port_version_test

import data.governance.org.port_version

test_another_version_is_reported if found("1.0.0", "orders") == {{
	"id": "ORG-CTR-003",
	"path": "/product/outputPorts/0",
	"args": {"named": "1.0.0", "port": "orders", "version": "2.0.0"},
}}

test_the_same_version_passes if count(found("2.0.0", "orders")) == 0

test_the_version_of_another_contract_does_not_count if count(found("1.0.0", "refunds")) == 0

found(version, contract) := violations if {
	violations := port_version.violation with input.contracts as [{"id": "orders", "version": "2.0.0"}]
		with input.product.outputPorts as [{
			"contractId": contract,
			"name": "orders",
			"path": "/product/outputPorts/0",
			"version": version,
		}]
}
