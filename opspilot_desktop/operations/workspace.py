"""An open workspace: a database and the person at work in it."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.text import visible
from ..store.database import Database, shown_name
from ..store.migrate import open_database
from ..store.people import current_user


@dataclass(frozen=True)
class Workspace:
    """What every operation works on. Close it when done; a context manager does so by itself."""

    database: Database
    user: str

    @property
    def name(self) -> str:
        """What the window's title and the tool bar call it."""
        return visible(self.database.name)

    @property
    def target(self) -> str:
        """Where the data are, without a password."""
        return shown_name(self.database.target)

    @property
    def is_shared(self) -> bool:
        """Whether the data are on a server, so that each reading takes a way over the network."""
        return self.database.is_postgresql

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(target: str, *, create: bool) -> Workspace:
    """Opens the workspace at a SQLite path or a PostgreSQL URL.

    Raises KnownError when it is missing (unless `create`), something else, or of a newer version.
    """
    database = open_database(target, create=create)
    try:
        return Workspace(database, current_user(database))
    except BaseException:
        database.close()
        raise
