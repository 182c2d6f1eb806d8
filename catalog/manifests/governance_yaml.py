"""The facts of governance that dbt semantic layer YAML carries."""

from typing import Final

from catalog.domain.governance import Governance
from catalog.manifests.element import Element


def governance(item: Element) -> Governance:
    """The facts in `config.meta`, or in `meta` as dbt wrote it before; a version stays as written."""
    config = item.element("config")
    meta = config.element("meta") if "meta" in config.fields else item.element("meta")
    if not meta.fields:
        return NOTHING_SAID
    version = {"version": meta.text("version")} if "version" in meta.fields else {}
    return Governance.from_properties({**meta.fields, **version})


NOTHING_SAID: Final = Governance.from_properties({})
