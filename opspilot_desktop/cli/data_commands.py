"""The verbs about files and the workspace: importing, exporting, checking."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__, operations
from ..domain.clock import local_minute
from ..domain.errors import NoWorkspace
from ..domain.fields import Kind
from ..domain.jobs import Handle
from ..domain.text import visible
from ..files.asked import ReadAs
from ..files.dialect import WINDOWS_1252
from .shared import DONE, REFUSED, ROWS_SKIPPED, Adder, opened, print_json, say

if TYPE_CHECKING:
    from ..files.staging import Staged
    from ..operations.workspace import Workspace


def add_data_commands(command: Adder) -> None:
    """Adds them."""
    one = command("import", _import, "import a file of trades or ledger entries")
    one.add_argument("kind", choices=[Kind.TRADES.value, Kind.LEDGER.value])
    one.add_argument("file", metavar="FILE")
    one.add_argument(
        "--mapping",
        metavar="NAME_OR_FILE",
        help="a source profile, or a TOML file that says which column is which field",
    )
    one.add_argument(
        "--source", metavar="NAME", default="", help="where ledger entries come from: their ids are its own"
    )
    one.add_argument("--sheet", metavar="NAME", default="", help="the sheet of a workbook that has several")
    one.add_argument(
        "--encoding", choices=[WINDOWS_1252], default="", help="how to read text that is not UTF-8 or UTF-16"
    )
    one.add_argument(
        "--duplicates",
        choices=["append", "merge"],
        help="what to do with ledger lines without an entry id that are stored already, word for word: add"
        " them all the same, or only those that are new",
    )
    one.add_argument("--check", action="store_true", help="do everything but store")
    one.add_argument(
        "--on-error", choices=["refuse", "skip"], default="refuse", help="what to do with bad rows"
    )
    one.add_argument("--json", action="store_true")
    one = command("imports", _imports, "list the imports, the newest first")
    one.add_argument("--json", action="store_true")
    one = command("undo-import", _undo_import, "take back what an import added and changed")
    one.add_argument("id", metavar="ID", type=int)
    one.add_argument("--json", action="store_true")
    one = command("export", _export, "write a table to a .csv, .xlsx or .jsonl file")
    one.add_argument("table", choices=[kind.value for kind in Kind])
    one.add_argument("file", metavar="FILE")
    one = command("verify", _verify, "check the database's integrity and the audit trail")
    one.add_argument("--json", action="store_true")
    one = command(
        "self-test", _self_test, "do the main job in a temporary workspace and say whether it works"
    )
    one.add_argument("--json", action="store_true")


def _import(arguments: argparse.Namespace) -> int:
    kind = Kind(arguments.kind)
    source = operations.importing.checked_source(arguments.source, kind)
    duplicates = operations.duplicates.checked_choice(arguments.duplicates, kind)
    skip = arguments.on_error == "skip"
    store = operations.importing.check_only if arguments.check else operations.importing.store_or_refuse
    with ExitStack() as stack:
        try:
            workspace = stack.enter_context(opened(arguments))
        except NoWorkspace:  # it is made only once there is something to store
            workspace = None

        def open_workspace() -> AbstractContextManager[Workspace]:
            return (
                opened(arguments, create=not arguments.check) if workspace is None else nullcontext(workspace)
            )

        staged = stack.enter_context(_checked(arguments, kind, workspace))
        result = store(
            Handle(), open_workspace, staged, skip_bad_rows=skip, source=source, duplicates=duplicates
        )
    if arguments.json:
        print_json(result.as_json())
    else:
        for warning in result.warnings:
            say(warning)
        for reject in result.rejected[:20]:
            column = f", {reject.column}" if reject.column else ""
            say(f"Line {reject.line}{column}: {reject.reason} ({reject.value!r})")
        if result.rejected_total > 20:
            print(f"… and {result.rejected_total - 20:,} more bad rows", file=sys.stderr)
    if result.refused:
        say(result.message)
        return REFUSED
    if not arguments.json:
        print(result.message)
    return ROWS_SKIPPED if result.rejected_total else DONE


def _checked(
    arguments: argparse.Namespace,
    kind: Kind,
    workspace: Workspace | None,
) -> Staged:
    """The file, read and checked by the profile that is named, or by the one that it was made for."""
    file, read_as = Path(arguments.file), ReadAs(arguments.encoding, arguments.sheet)
    if arguments.mapping:
        profile = operations.profiles.profile_called(arguments.mapping, kind, workspace)
        return operations.importing.check_file(Handle(), file, kind, profile, read_as)
    if workspace is None:
        return operations.importing.check_file(Handle(), file, kind, None, read_as)
    return operations.profiles.check_known_file(Handle(), workspace, file, kind, None, read_as)


def _imports(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        found = operations.import_history.list_imports(Handle(), workspace)
    if arguments.json:
        print_json(found)
        return DONE
    for one in found:
        print(visible(_told_import(one)))
    return DONE


def _told_import(one: Mapping[str, Any]) -> str:
    undone = f", undone by {one['undone_by']} {local_minute(one['undone_at'])}" if one["undone_at"] else ""
    counts = ", ".join(f"{one[name]:,} {name}" for name in ("imported", "updated", "unchanged", "rejected"))
    by = f" by the profile {one['profile']}" if one["profile"] else ""
    begun = f"{one['id']}  {local_minute(one['at'])}  {one['who']}  {one['kind']}  {one['file']}{by}"
    return f"{begun}: {counts}{undone}"


def _undo_import(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        undone = operations.import_history.undo_import(Handle(), workspace, arguments.id)
    if arguments.json:
        print_json(undone.as_json())
    else:
        print(visible(undone.sentence))
    return DONE


def _export(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        written = operations.exporting.export_rows(
            Handle(), workspace, Kind(arguments.table), Path(arguments.file)
        )
    print(f"{arguments.file}: {written:,} rows")
    return DONE


def _verify(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        verdict = operations.reading.verify(Handle(), workspace)
    if arguments.json:
        print_json(verdict.as_json())
    elif verdict.ok:
        print("The database and the audit trail are sound.")
    if not verdict.database_ok:
        print(f"The database is damaged: {verdict.database_message}.", file=sys.stderr)
    if verdict.unrecorded:
        say(f"The audit trail has been cut: it lacks {verdict.unrecorded}.")
    elif verdict.broken_audit_row is not None:
        say(f"The audit trail does not hold from row {verdict.broken_audit_row} on.")
    return DONE if verdict.ok else REFUSED


def _self_test(arguments: argparse.Namespace) -> int:
    checks = []
    for check in operations.self_test.run_self_test():
        checks.append(check)
        if not arguments.json:
            print(
                f"{'ok  ' if check.ok else 'FAIL'} {check.name}{': ' if check.problem else ''}{check.problem}"
            )
    ok = all(check.ok for check in checks)
    if arguments.json:
        print_json({"ok": ok, "version": __version__, "checks": [vars(check) for check in checks]})
    if not ok:
        print(f"The self-test failed: {checks[-1].name}: {checks[-1].problem}", file=sys.stderr)
    return DONE if ok else REFUSED
