"""An open workspace: a database and the person at work in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..store.people import current_user, system_account
from ..store.targets import is_current_file, is_postgresql, name_of, shown_name

if TYPE_CHECKING:
    from ..plugins.loading import Plugins
    from ..store.database import Database


class Workspace:
    """What every operation works on. Close it when done; a context manager does so by itself.

    `path` is the target as it was named. A database that is not given is opened by whoever needs it first.
    """

    def __init__(self, path: str, user: str, database: Database | None = None) -> None:
        self.path = path
        self.user = user
        self._database = database
        self._opening = threading.Lock()
        self._plugins: Plugins | None = None

    @property
    def plugins(self) -> Plugins:
        """The plug-ins of this computer; they are loaded by whoever needs them first."""
        with self._opening:
            if self._plugins is None:
                from .. import paths
                from ..plugins.loading import Plugins
                from ..recon import rules

                self._plugins = Plugins(paths.plugins(), rules)
            return self._plugins

    @property
    def database(self) -> Database:
        """The database. Raises KnownError when it cannot be opened."""
        with self._opening:
            if self._database is None:
                from ..store.migrate import open_database

                self._database = open_database(self.path, create=False)
            return self._database

    @property
    def name(self) -> str:
        """What the window's title and the tool bar call it."""
        return name_of(self.path)

    @property
    def target(self) -> str:
        """Where the data are, without a password."""
        return shown_name(self.path)

    @property
    def is_shared(self) -> bool:
        """Whether the data are on a server, so that each reading takes a way over the network."""
        return is_postgresql(self.path)

    def close(self) -> None:
        """Lets go of the database."""
        with self._opening:
            if self._database is not None:
                self._database.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(target: str, *, create: bool) -> Workspace:
    """Opens the workspace at a SQLite path or a PostgreSQL URL.

    Raises KnownError when it is missing (unless `create`), something else, or of a newer version.
    """
    from ..store.migrate import open_database

    database = open_database(target, create=create)
    try:
        return Workspace(target, current_user(database), database)
    except BaseException:
        database.close()
        raise


def open_soon(target: str, *, create: bool) -> Workspace:
    """The same, for a window that is to be seen before the database library has loaded.

    A look at the file shows that nothing stands in the way; its database is then opened by the first job.
    Everything else is opened, or refused, at once.
    """
    if is_current_file(target):
        return Workspace(target, system_account())
    return open_workspace(target, create=create)
