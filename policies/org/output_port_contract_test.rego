package governance.org.output_port_contract_test

import data.governance.org.output_port_contract

test_a_port_without_its_contract_is_reported if found(false) == {{
	"id": "ORG-CTR-001",
	"path": "/product/outputPorts/0",
	"args": {"contract": "sales-orders", "port": "orders"},
}}

test_a_port_with_its_contract_passes if count(found(true)) == 0

found(has_contract) := violations if {
	violations := output_port_contract.violation with input.product.outputPorts as [{
		"contractId": "sales-orders",
		"hasContract": has_contract,
		"name": "orders",
		"path": "/product/outputPorts/0",
	}]
}
