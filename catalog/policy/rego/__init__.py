"""The profile of Rego that rules are written in: read into a tree here, without an engine."""
