"""The tables, one set for SQLite and PostgreSQL; `migrations/` builds exactly these.

Assets, versions, tokens, waivers, policy bundles and their places change in place; all else is only ever added to.
What lists filter and sort by stands in columns of its own, the rest of a draft in `summary`, so that no list parses
a document again.
"""
