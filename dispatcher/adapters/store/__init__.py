"""The ledger: SQLite or PostgreSQL, by SQLAlchemy Core."""

from dispatcher.adapters.store.database import Database, open_store

__all__ = ["Database", "open_store"]
