"""Every verb of the program as a function. The window and the command line call these for every write.

The window says `operations.reading.read_overview(…)`: a verb's module is loaded when it is first used, in the
worker that uses it, because the database library takes as long to load as the window does.
"""

from __future__ import annotations

import importlib
import threading
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        adding_up as adding_up,
    )
    from . import (
        demo as demo,
    )
    from . import (
        duplicates as duplicates,
    )
    from . import (
        explaining as explaining,
    )
    from . import (
        exporting as exporting,
    )
    from . import (
        import_history as import_history,
    )
    from . import (
        importing as importing,
    )
    from . import (
        issue_table as issue_table,
    )
    from . import (
        issue_work as issue_work,
    )
    from . import (
        linking as linking,
    )
    from . import (
        plugins as plugins,
    )
    from . import (
        profiles as profiles,
    )
    from . import (
        reading as reading,
    )
    from . import (
        reconciling as reconciling,
    )
    from . import (
        rules as rules,
    )
    from . import (
        run_history as run_history,
    )
    from . import (
        run_table as run_table,
    )
    from . import (
        self_test as self_test,
    )
    from . import (
        steps as steps,
    )
    from . import (
        taking_files as taking_files,
    )
    from . import (
        watched_folders as watched_folders,
    )
    from . import (
        watching as watching,
    )
    from . import (
        wizard as wizard,
    )

_VERBS = frozenset(
    {
        "adding_up",
        "demo",
        "duplicates",
        "explaining",
        "exporting",
        "import_history",
        "importing",
        "issue_table",
        "issue_work",
        "linking",
        "plugins",
        "profiles",
        "reading",
        "reconciling",
        "rules",
        "run_history",
        "run_table",
        "self_test",
        "steps",
        "taking_files",
        "watched_folders",
        "watching",
        "wizard",
    }
)
_loading = threading.Lock()


def __getattr__(name: str) -> ModuleType:
    if name not in _VERBS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _loading:  # two workers that need the same at once would each see half of it
        return importlib.import_module(f"{__name__}.{name}")
