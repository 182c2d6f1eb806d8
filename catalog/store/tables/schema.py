"""The metadata with every table in it, for whoever makes, compares or empties a whole store."""

from typing import Final

from catalog.store.tables import assets, evidence, logs, policies, rollups
from catalog.store.tables.metadata import metadata

_HOLDERS: Final = (assets, evidence, logs, policies, rollups)  # whose import puts the tables there
SCHEMA: Final = metadata
