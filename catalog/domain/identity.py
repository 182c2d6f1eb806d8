"""How things are named: kind, domain and name make a key that never changes."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from catalog.domain.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}\Z")


class AssetKind(StrEnum):
    """What can be registered, judged and published."""

    DATA_PRODUCT = "data_product"
    METRIC = "metric"


@dataclass(frozen=True, slots=True, order=True)
class AssetKey:
    """One asset of one domain; written `data_product:sales.orders`, or `sales.emea.orders` in a sub-domain."""

    kind: AssetKind
    domain: str
    name: str

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.kind}:{self.qualified_name}"

    @property
    def qualified_name(self) -> str:
        """`domain.name`, unique within a kind."""
        return f"{self.domain}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `kind:domain.name`; raises `UsageError` on anything else."""
        kind, colon, qualified = text.partition(":")
        domain, dot, name = qualified.rpartition(".")
        if not (colon and dot and is_domain(domain) and _NAME.match(name)) or kind not in set(AssetKind):
            raise UsageError(
                f"{text!r} is no asset key", remedy="write kind:domain.name, as metric:sales.gmv"
            )
        return cls(AssetKind(kind), domain, name)


def is_domain(name: object) -> bool:
    """Whether this names a domain: `sales`, or `sales.emea` for a domain within it."""
    return isinstance(name, str) and all(_NAME.match(part) for part in name.split("."))


def domain_slug(text: str) -> str:
    """A domain's human name, each part of it as `slug` writes it: `Sales.Middle East` is `sales.middle-east`."""
    return ".".join(slug(part) for part in text.split("."))


def lineage(domain: str) -> tuple[str, ...]:
    """The domain, then the domains around it: `sales.emea.uk`, `sales.emea`, `sales`."""
    parts = domain.split(".")
    return tuple(".".join(parts[:count]) for count in range(len(parts), 0, -1))


def slug(text: str) -> str:
    """A human title as a name: `Customer Data Product` is `customer-data-product`; underscores stay."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:128]
