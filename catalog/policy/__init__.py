"""Decisions: the rules of the organisation and of the domain, joined; a domain may tighten, never loosen."""
