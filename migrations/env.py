"""How Alembic runs here: with the application's engine, in batches for SQLite.

All migrations stand in one transaction each, on SQLite too: one that is interrupted leaves the
tables as they were and can be run again.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

migrate = current_app.extensions["migrate"].db
metadata = migrate.metadata


def run() -> None:
    """Run migrations on the application's database, in one transaction each."""
    with migrate.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A batch copies a table and drops the old one; with foreign keys on, the drop would
            # delete what points to it. The switch works outside a transaction only.
            _outside_transaction(connection, "PRAGMA foreign_keys=OFF")
        try:
            _migrate(connection)
            if is_sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                connection.rollback()
                if broken:
                    raise RuntimeError(f"foreign keys point nowhere after migrating: {broken[:5]}")
        finally:
            if is_sqlite:
                _outside_transaction(connection, "PRAGMA foreign_keys=ON")


def _outside_transaction(connection: Connection, statement: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
        # The application begins SQLite's transactions by itself, so that they cover tables too.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
