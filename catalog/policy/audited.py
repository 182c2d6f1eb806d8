"""How a served version was last judged at the audit point, and what spares judging it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.policy.decision import Verdict, Violation


@dataclass(frozen=True, slots=True)
class Audited:
    """`verdict` stands since the decision `decision_id`; that is empty while nothing changed since publication.

    `violations` are what the rules of `revision` found on the UTC `day` over the view of `view_digest`, which
    leaves out the time; waivers are not applied to them. `denied` and `warned` are ids of rules that counted.
    `undecided` says that the last audit got no answer; all else then is of the audit before.
    """

    verdict: Verdict
    revision: str
    day: str
    view_digest: str
    violations: tuple[Violation, ...] = ()
    denied: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    decision_id: str = ""
    since: datetime | None = None
    undecided: bool = False

    @property
    def demoted(self) -> bool:
        """Whether the version is served without what it was certified for."""
        return self.verdict is Verdict.DENY


@dataclass(frozen=True, slots=True)
class AuditTurn:
    """`stamp` names what the last finished audit of everything served was made by; `holder` is at the next one.

    `waivers` are the states that were told, by the waivers' ids.
    """

    stamp: str = ""
    finished_at: datetime | None = None
    holder: str = ""
    held_until: datetime | None = None
    waivers: Mapping[str, str] = field(default_factory=dict)


def to_plain(one: Audited) -> dict[str, Any]:
    """As plain JSON values."""
    return {
        "verdict": str(one.verdict),
        "revision": one.revision,
        "day": one.day,
        "view": one.view_digest,
        "violations": [[found.id, found.path, found.args] for found in one.violations],
        "denied": list(one.denied),
        "warned": list(one.warned),
        "decision": one.decision_id,
        "since": one.since.isoformat() if one.since else "",
        "undecided": one.undecided,
    }


def from_plain(stored: Mapping[str, Any] | None) -> Audited | None:
    """What `to_plain` wrote; None for None."""
    if stored is None:
        return None
    return Audited(
        Verdict(stored["verdict"]),
        stored["revision"],
        stored["day"],
        stored["view"],
        tuple(Violation(id_, path, args) for id_, path, args in stored["violations"]),
        tuple(stored["denied"]),
        tuple(stored["warned"]),
        stored["decision"],
        datetime.fromisoformat(stored["since"]) if stored["since"] else None,
        stored["undecided"],
    )
