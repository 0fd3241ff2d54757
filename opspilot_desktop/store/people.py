"""Who is at work, as the audit trail names them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import Database


def current_user(database: Database) -> str:
    """PostgreSQL's session user; on a local file the account the operating system runs this program as.

    Environment variables are never asked: anybody can set them.
    """
    if database.is_postgresql:
        from sqlalchemy import text

        with database.read() as connection:
            return str(connection.execute(text("SELECT session_user")).scalar_one())
    return system_account()


def system_account() -> str:
    """The account that the operating system runs this program as."""
    if sys.platform == "win32":
        import ctypes

        size = ctypes.c_ulong(256)
        buffer = ctypes.create_unicode_buffer(size.value)
        if ctypes.windll.advapi32.GetUserNameW(buffer, ctypes.byref(size)):
            return buffer.value
        return "unknown"
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, as in some containers
        return f"uid {os.getuid()}"
