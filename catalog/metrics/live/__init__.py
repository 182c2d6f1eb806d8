"""Definitions against the data that they are about: columns, types, keys, windows of validity."""
