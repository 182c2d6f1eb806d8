"""Plain values as YAML that our loader reads back as the same values; the same values give the same bytes."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from catalog.manifests.scalar import resolve

_WIDTH: Final = 110


class _Dumper(yaml.SafeDumper):
    """Every value where it stands: no aliases, fields in their given order."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML asks for each value
        return True


def yaml_text(value: Mapping[str, Any]) -> str:
    """One document, UTF-8 text with a final line break."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quoted where YAML 1.2 would read something else, or a character cannot stand by itself."""
    style = "|" if "\n" in text else None
    if not text.replace("\n", "").isprintable() or not isinstance(_read(text), str):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _read(text: str) -> object:
    try:
        return resolve(text)
    except OverflowError:
        return None


_Dumper.add_representer(str, _text)
