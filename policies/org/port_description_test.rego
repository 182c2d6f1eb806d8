package governance.org.port_description_test

import data.governance.org.port_description

test_a_port_without_description_is_reported if found("") == {{
	"id": "ORG-DSC-005",
	"path": "/product/outputPorts/0",
	"args": {"port": "orders"},
}}

test_a_described_port_passes if count(found("Orders.")) == 0

found(description) := violations if {
	violations := port_description.violation with input.product.outputPorts as [{
		"description": description,
		"name": "orders",
		"path": "/product/outputPorts/0",
	}]
}
