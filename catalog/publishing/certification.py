"""Whether a served version may be called certified: read off its decision record, never off its document."""

from dataclasses import dataclass

from catalog.domain.lifecycle import Status
from catalog.registry.ports import PublishedVersion


@dataclass(frozen=True, slots=True)
class Certification:
    """`signed_by` are the approvals that the record holds, as `role: subject`."""

    certified: bool
    reason: str
    signed_by: tuple[str, ...] = ()


def certification_of(version: PublishedVersion) -> Certification:
    """Certified is what is active and was approved by every role that its tier asks for, one at least.

    A version that policy denies at the audit point has lost it, until an audit allows it again.
    The record is taken as it stands; `record.verify_version` says whether it is genuine.
    """
    sign_offs = version.record.get("payload", {}).get("sign_offs", {})
    required, given = sign_offs.get("required", []), sign_offs.get("given", [])
    signed_by = tuple(f"{one['role']}: {one['subject']}" for one in given)
    if version.status is not Status.ACTIVE:
        return Certification(False, f"This version is {version.status}.", signed_by)
    if version.audited is not None and version.audited.demoted:
        rules = ", ".join(version.audited.denied)
        return Certification(False, f"An audit found {rules}: {version.audited.decision_id}.", signed_by)
    if not required:
        return Certification(False, "Its tier asks for no approval.", signed_by)
    if not set(required) <= {one["role"] for one in given}:
        return Certification(False, "An approval is missing from its record.", signed_by)
    return Certification(True, "Every role that its tier asks for approved this definition.", signed_by)
