"""The hooks that a plug-in can fill. The program's own rules come through the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

GROUP = "opspilot"
"""The name of the hooks, and of the entry points by which another distribution brings a plug-in."""

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class Hooks:
    """One method a hook."""

    @hookspec
    def opspilot_rules(self) -> Sequence[object]:
        """The rules that a plug-in brings: each an `api.PythonRule` or an `api.SqlRule`."""
        raise NotImplementedError  # never called: plug-ins have their own
