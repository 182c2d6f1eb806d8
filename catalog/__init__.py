"""Concord: data mesh governance and a metrics catalog, read top to bottom as the life of a data product."""

__version__ = "0.1.0"
