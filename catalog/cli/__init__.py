"""The terminal and CI."""
