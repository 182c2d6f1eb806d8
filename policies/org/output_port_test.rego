package governance.org.output_port_test

import data.governance.org.output_port

test_a_product_without_an_output_port_is_reported if {
	found([]) == {{"id": "ORG-CTR-002", "path": "/product", "args": {}}}
}

test_a_product_with_an_output_port_passes if count(found([{"name": "orders"}])) == 0

found(ports) := violations if {
	violations := output_port.violation with input.product as {"outputPorts": ports, "path": "/product"}
}
