"""The plan of a query: a tree of frozen nodes, each of which says what it does."""
