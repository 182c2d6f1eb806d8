"""A bundle that the store knows, by its whole revision or its first characters."""

from catalog.domain.errors import NotFound, UsageError
from catalog.policy.lifecycle import UploadedBundle
from catalog.registry.ports import UnitOfWork

_SHORTEST = 12


def known_bundle(unit: UnitOfWork, revision: str) -> UploadedBundle:
    """The bundle; raises `NotFound`, and `UsageError` where several begin so."""
    found = unit.policies.find(revision)
    if found is not None:
        return found
    wanted = revision if revision.startswith("sha256:") else f"sha256:{revision}"
    long = len(revision.removeprefix("sha256:")) >= _SHORTEST
    near = [one for one in unit.policies.all() if long and one.revision.startswith(wanted)]
    if len(near) > 1:
        raise UsageError(f"{len(near)} bundles begin with {revision}.", remedy="write more of it")
    if not near:
        raise NotFound(
            f"The store has no policy bundle {revision}.",
            remedy="`concord policy list` shows them, `concord policy upload` brings a folder; "
            f"{_SHORTEST} characters are enough",
        )
    return near[0]
