"""Runs migrations on the connection that `catalog.store.migrate` hands over, inside its transaction."""

from alembic import context

from catalog.store.tables.schema import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
