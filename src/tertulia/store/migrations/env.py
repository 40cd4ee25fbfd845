"""How alembic runs the migrations: on the connection that `store.sql.schema.upgrade` hands it, in its transaction."""

from alembic import context

from tertulia.store.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
