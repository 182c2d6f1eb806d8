"""What every resolver is given: the parts of the catalog, who asks, and the document that is executed."""

from dataclasses import dataclass, field
from typing import TypeVar

import strawberry
from graphql import DocumentNode

from catalog.access.actor import Actor
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.store.projections.projection import Projection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request of one actor."""

    services: Services
    actor: Actor
    document: DocumentNode
    request_id: str
    cancellation: Cancellation = field(default_factory=Cancellation)

    def read(self, projection: Projection[T]) -> tuple[T, ...]:
        """Run one read of the store, which is one statement."""
        return self.services.store.read(self.actor, projection)


RequestInfo = strawberry.Info[RequestContext, None]
