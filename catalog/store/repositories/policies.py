"""Policy bundles by revision, and which of them stands at which enforcement point."""

from collections.abc import Mapping

from sqlalchemy import Row, delete, insert, select, update

from catalog.domain.clock import Clock
from catalog.domain.document import Document
from catalog.policy.audited import AuditTurn
from catalog.policy.decision import EnforcementPoint
from catalog.policy.lifecycle import Mode, Placement, UploadedBundle
from catalog.policy.shadowed import Shadowed
from catalog.store.repositories.decisions import newest_shadowed, shadowed_of
from catalog.store.tables.assets import documents
from catalog.store.tables.policies import policy_audit, policy_bundles, policy_files, policy_placements
from catalog.store.transaction import Transaction


class StoredPolicies:
    """Implements `registry.ports.Policies`."""

    def __init__(self, transaction: Transaction, clock: Clock, subject: str) -> None:
        self._transaction = transaction
        self._clock = clock
        self._subject = subject

    def add(self, revision: str, files: Mapping[str, bytes]) -> bool:
        """Store a draft with its files; of a draft that is there already, the files are replaced."""
        row = {"revision": revision, "uploaded_at": self._clock.now(), "uploaded_by": self._subject}
        row |= {"validated_by": "", "approved_by": ""}
        added = self._transaction.add(policy_bundles, row)
        self._transaction.write(delete(policy_files).where(policy_files.c.revision == revision))
        held = [Document(path, data) for path, data in sorted(files.items())]
        for one in sorted(held, key=lambda document: document.digest):
            self._transaction.add(documents, {"digest": one.digest, "data": one.data})
        rows = [{"revision": revision, "path": one.path, "digest": one.digest} for one in held]
        self._transaction.write(insert(policy_files), rows)
        return added

    def find(self, revision: str) -> UploadedBundle | None:
        """The bundle of that revision."""
        row = self._transaction.first(select(policy_bundles).where(policy_bundles.c.revision == revision))
        return None if row is None else _bundle(row)

    def all(self) -> tuple[UploadedBundle, ...]:
        """Every bundle, newest upload first."""
        order = policy_bundles.c.uploaded_at.desc(), policy_bundles.c.revision
        rows = self._transaction.rows(select(policy_bundles).order_by(*order))
        return tuple(map(_bundle, rows))

    def files(self, revision: str) -> dict[str, bytes]:
        """The files of a bundle by path; empty where the revision is not known."""
        statement = (
            select(policy_files.c.path, documents.c.data)
            .join(documents)
            .where(policy_files.c.revision == revision)
        )
        return {row.path: bytes(row.data) for row in self._transaction.rows(statement)}

    def validated(self, revision: str) -> None:
        """Note that the bundle holds, and who saw to it."""
        self._note(revision, validated_at=self._clock.now(), validated_by=self._subject)

    def approved(self, revision: str) -> None:
        """Note who let it be enforced."""
        self._note(revision, approved_at=self._clock.now(), approved_by=self._subject)

    def placements(self) -> tuple[Placement, ...]:
        """What stands at each point."""
        rows = self._transaction.rows(select(policy_placements))
        return tuple(
            sorted(
                Placement(EnforcementPoint(row.point), Mode(row.mode), row.revision, row.at, row.by)
                for row in rows
            )
        )

    def place(self, point: EnforcementPoint, mode: Mode, revision: str) -> None:
        """Put the bundle at the point, in place of another; an empty revision leaves it bare."""
        there = (policy_placements.c.point == point, policy_placements.c.mode == mode)
        self._transaction.write(delete(policy_placements).where(*there))
        if revision:
            values = insert(policy_placements).values(
                point=point, mode=mode, revision=revision, at=self._clock.now(), by=self._subject
            )
            self._transaction.write(values)

    def shadowed(self, revision: str, point: EnforcementPoint) -> tuple[Shadowed, ...]:
        """What the bundle in shadow at the point was last found to say of each content."""
        return tuple(map(shadowed_of, self._transaction.rows(newest_shadowed(revision, point))))

    def audit_turn(self) -> AuditTurn:
        """The last audit of everything served, and who is at the next one."""
        row = self._transaction.first(select(policy_audit))
        if row is None:
            return AuditTurn()
        return AuditTurn(row.stamp, row.finished_at, row.holder, row.held_until, row.waivers or {})

    def take_audit_turn(self, turn: AuditTurn) -> None:
        """Store it in place of what was there."""
        self._transaction.write(delete(policy_audit))
        row = {"id": 1, "stamp": turn.stamp, "finished_at": turn.finished_at}
        row |= {"waivers": dict(turn.waivers)}
        self._transaction.write(
            insert(policy_audit).values(**row, holder=turn.holder, held_until=turn.held_until)
        )

    def _note(self, revision: str, **values: object) -> None:
        statement = update(policy_bundles).where(policy_bundles.c.revision == revision)
        self._transaction.write(statement.values(**values))


def _bundle(row: Row[tuple[object, ...]]) -> UploadedBundle:
    return UploadedBundle(
        row.revision,
        row.uploaded_at,
        row.uploaded_by,
        row.validated_at,
        row.validated_by,
        row.approved_at,
        row.approved_by,
    )
