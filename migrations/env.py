"""How Alembic runs here: with the application's engine, in batches for SQLite."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"].db
metadata = migrate.metadata




def run() -> None:
    """Run migrations on the application's database, in one transaction each."""
    with migrate.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
