"""The API key: in the operating system's keychain, else for this session, never in a file, log or database.

A key that was entered in Settings wins over ANTHROPIC_API_KEY: whoever enters one means it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol

from opspilot_desktop.domain.errors import KnownError

logger = logging.getLogger(__name__)

SERVICE = "OpsPilot Desktop"
ACCOUNT = "Anthropic API key"
VARIABLE = "ANTHROPIC_API_KEY"

# Backends that keep nothing, or keep it in a file.
_UNUSABLE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")


class Where(StrEnum):
    """Where the key in force comes from."""

    KEYCHAIN = "keychain"
    SESSION = "session"
    ENVIRONMENT = "environment"


class Backend(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """The password, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps a password."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Deletes a password."""
        ...


def system_backend() -> Backend | None:
    """The operating system's keychain, or None when there is no usable one. Slow at its first call."""
    import keyring

    backend = keyring.get_keyring()
    for each in getattr(backend, "backends", [backend]):
        if not type(each).__module__.startswith(_UNUSABLE):
            usable: Backend = each
            return usable
    return None


class Keychain:
    """Holds the API key.

    Safe to use from any thread; `get`, `set` and `forget` may wait for the user,
    whom the operating system may ask to unlock the keychain: never call them on the window's thread.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        backend: Callable[[], Backend | None] = system_backend,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._find_backend = backend
        self._lock = threading.Lock()
        self._key: str | None = None
        self._where: Where | None = None
        self._looked = False

    def __repr__(self) -> str:
        return f"Keychain(where={self._where})"

    def get(self) -> str | None:
        """The key in force, if there is one. The keychain is asked once."""
        with self._lock:
            if not self._looked:
                self._look()
            return self._key or self._from_environment()

    def set(self, key: str) -> Where:
        """Keeps a key that the user entered; says where. Raises KnownError when it cannot be a key."""
        key = key.strip()
        if not is_plausible(key):
            raise KnownError(
                "This cannot be an API key: it is empty or holds spaces or other characters that no key has;"
                " copy it again from the Claude Console."
            )
        with self._lock:
            self._looked = True
            self._key = key
            self._where = Where.KEYCHAIN if self._store(key) else Where.SESSION
            return self._where

    def forget(self) -> None:
        """Deletes the entered key, from the keychain too; a key in the environment stays in force.

        Raises KnownError when the keychain does not let it go.
        """
        with self._lock:
            kept = self._where is Where.KEYCHAIN or not self._looked
            self._key, self._where, self._looked = None, None, True
            if kept and not self._delete():
                raise KnownError(
                    f"The keychain did not delete the key; it is no longer used here, but delete the entry"
                    f" “{SERVICE}” in the operating system's keychain."
                )

    def where(self) -> Where | None:
        """Where the key in force is, as far as it is known; `get` finds out. Never waits."""
        where = self._where
        return where or (Where.ENVIRONMENT if self._from_environment() else None)

    def _from_environment(self) -> str | None:
        return self._environ.get(VARIABLE, "").strip() or None

    def _look(self) -> None:
        self._looked = True
        try:
            backend = self._find_backend()
            self._key = backend.get_password(SERVICE, ACCOUNT) if backend is not None else None
        except Exception as error:
            # Every desktop's keychain fails in its own way; without it the key is asked for.
            logger.info("The keychain cannot be read", extra={"cause": type(error).__name__})
        self._where = Where.KEYCHAIN if self._key else None

    def _store(self, key: str) -> bool:
        try:
            backend = self._find_backend()
            if backend is None:
                return False
            backend.set_password(SERVICE, ACCOUNT, key)
            return backend.get_password(SERVICE, ACCOUNT) == key
        except Exception as error:
            logger.info("The keychain cannot be written", extra={"cause": type(error).__name__})
            return False

    def _delete(self) -> bool:
        try:
            backend = self._find_backend()
            if backend is None or backend.get_password(SERVICE, ACCOUNT) is None:
                return True
            backend.delete_password(SERVICE, ACCOUNT)
        except Exception as error:
            logger.info("The keychain cannot be changed", extra={"cause": type(error).__name__})
            return False
        return True


def is_plausible(key: str) -> bool:
    """Whether the text can be sent as a key at all: printable ASCII without spaces."""
    return bool(key) and key.isascii() and key.isprintable() and " " not in key
