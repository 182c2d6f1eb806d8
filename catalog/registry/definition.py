"""What an asset promises, free of descriptions: the part that sign-offs approve and consumers build on."""

from typing import Any, Final

from catalog.domain.draft import MetricContent, ProductContent
from catalog.registry.canonical import canonical

# Words about the promise; changing them changes nothing that a consumer computes with.
_DESCRIPTIVE: Final = frozenset({
    "description", "tags", "support", "team", "transform_logic", "usage", "limitations",
})  # fmt: skip
_IDENTITY: Final = frozenset({"version", "api_version", "status", "governance", "data_product"})


def promise_of(content: ProductContent | MetricContent) -> Any:
    """A plain JSON value that is equal for two contents exactly when they promise the same.

    A product promises its ports, schemas, servers, quality rules and service levels; a metric promises its
    definition with everything it is computed from. Versions and owners are not part of it.
    """
    if isinstance(content, MetricContent):
        from catalog.metrics.definition import definition_of  # noqa: PLC0415  # only metrics wait for the SQL parser

        return definition_of(content.metric, content.closure)
    product = content.product
    return {
        "output_ports": canonical(product.output_ports, without=_DESCRIPTIVE),
        "input_ports": canonical(product.input_ports, without=_DESCRIPTIVE),
        "contracts": [canonical(one, without=_DESCRIPTIVE | _IDENTITY) for one in content.contracts],
    }
