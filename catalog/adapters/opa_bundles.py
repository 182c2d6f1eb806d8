"""The bundles that an OPA server holds for one catalog: each below a root of its own, the last few are kept."""

import hashlib
import re
from typing import Any, Final

from opa_client.errors import DeleteDataError, DeletePolicyError, PolicyNotFoundError, RegoParseError

from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Bundle
from catalog.policy.entrypoint import PACKAGE
from catalog.policy.merged import MergedBundle, merged

KEPT: Final = 3
_LETTERS: Final = 16
_NAME: Final = re.compile(r"b[0-9a-f]{16}\Z")


class OpaBundles:
    """Finds and brings bundles; what another catalog has in the server is neither read nor changed.

    `catalog` is the same for all processes of one catalog and differs between catalogs.
    """

    def __init__(self, client: Any, catalog: str) -> None:
        self._client = client
        self._root = f"concord.c{_short(catalog)}"

    async def find(self, bundle: Bundle) -> str:
        """The package in which the bundle answers: where it was brought, or where a polled one is; or ""."""
        for package in (self._package(bundle), PACKAGE):
            answer = await self._client.query_rule({}, package, "revision")
            if answer.get("result") == bundle.revision:
                if package != PACKAGE:
                    await self._used(package)
                return package
        return ""

    async def bring(self, bundle: Bundle) -> str:
        """Bring data and module, see that the server holds them, and let go of the oldest beyond `KEPT`.

        The package in which it answers. Raises `BundleInvalid` for what does not compile, `PolicyUnavailable`.
        """
        whole = merged(bundle, self._package(bundle))
        await self._client.update_or_create_data(whole.data, whole.data_path)
        name = f"{_path(whole.root)}.rego"
        try:
            await self._client.update_policy_from_string(whole.source, name, rego_compat=False)
        except RegoParseError as error:
            if not error.errors:
                raise
            raise BundleInvalid(findings=[_finding(whole, one) for one in error.errors]) from error
        held = await self._client.get_policy(name)
        if held["result"]["raw"] != whole.source:
            raise PolicyUnavailable(f"the OPA server holds another text of {name}")
        await self._used(whole.root)
        return whole.root

    def place(self, bundle: Bundle, file: str, row: int) -> Place:
        """Where in the bundle's own files that is which the server names so."""
        package = self._package(bundle)
        if file != f"{_path(package)}.rego":
            return Place(file, row)
        return merged(bundle, package).place(row, 1)

    async def _used(self, package: str) -> None:
        """Note that this was the last to be used, and remove those beyond the last few."""
        turns = await self._turns()
        mine = package.rpartition(".")[2]
        turns[mine] = max(turns.values(), default=0) + 1
        await self._client.update_or_create_data({"turn": turns[mine]}, f"{_path(self._root)}/used/{mine}")
        for old in sorted(turns, key=lambda one: turns[one])[:-KEPT]:
            await self._remove(old)

    async def _turns(self) -> dict[str, int]:
        try:
            answer = await self._client.get_data(f"{_path(self._root)}/used")
        except PolicyNotFoundError:
            return {}
        return {name: int(one["turn"]) for name, one in answer["result"].items() if _NAME.match(name)}

    async def _remove(self, name: str) -> None:
        """Module before data, so that it never judges without; another process may have been first."""
        path = f"{_path(self._root)}/{name}"
        for remove, what in (
            (self._client.delete_policy, f"{path}.rego"),
            (self._client.delete_data, path),
            (self._client.delete_data, f"{_path(self._root)}/used/{name}"),
        ):
            try:
                await remove(what)
            except (DeletePolicyError, DeleteDataError) as error:
                if error.expression != "resource_not_found":
                    raise

    def _package(self, bundle: Bundle) -> str:
        return f"{self._root}.b{_short(bundle.revision)}"


def _path(package: str) -> str:
    return package.replace(".", "/")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]


def _finding(whole: MergedBundle, error: Any) -> Finding:
    location = error.get("location", {})
    place = whole.place(int(location.get("row", 0)), int(location.get("col", 0)))
    message = f"The rule does not compile: {whole.told(str(error.get('message', '')))}."
    return FindingCode.POLICY_RULE_INVALID.at(place, message, remedy="Mend the Rego at this position.")
