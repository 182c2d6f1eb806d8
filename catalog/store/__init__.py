"""The metadata store: SQLite or PostgreSQL, one set of tables, one unit of work."""
