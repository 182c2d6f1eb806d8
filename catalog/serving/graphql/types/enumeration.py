"""The closed sets of the domain, made known to the schema under the names of the field."""

import strawberry

from catalog.domain.finding import Level
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import LineageRole, NodeKind
from catalog.domain.metric import MetricType
from catalog.domain.people import Role
from catalog.lineage.impact import Fate
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.publishing.outcome import PublishResult
from catalog.quality.report import Outcome, QualityDimension
from catalog.store.projections.lineage import Direction

strawberry.enum(Direction, name="LineageDirection", description="Up to what it is made from, or down.")
strawberry.enum(EnforcementPoint, description="Where in the flow it was decided.")
strawberry.enum(Fate, name="MetricFate", description="What becomes of a metric when a draft is served.")
strawberry.enum(
    Level,
    name="FindingLevel",
    description="An error blocks, a warning is shown, an info explains; a future error blocks from a day on.",
)
strawberry.enum(
    LineageRole, description="Value, filter and key decide a number; time places, group splits it."
)
strawberry.enum(MetricType, description="MetricFlow's metric types.")
strawberry.enum(NodeKind, name="LineageNodeKind", description="Assets and their parts, down to columns.")
strawberry.enum(Outcome, name="CheckOutcome", description="An error is not a failure; neither passes.")
strawberry.enum(PublishResult, description="What became of a draft before the gate.")
strawberry.enum(QualityDimension, description="ODCS's seven; validity is conformity.")
strawberry.enum(Role, description="What an actor is, in a domain or everywhere.")
strawberry.enum(Status, name="LifecycleStatus", description="Status words of ODPS and ODCS.")
strawberry.enum(Verdict, description="No decision is an error, which blocks as a denial does.")
