"""The verbs on the command line: arguments in, an operation, its result as text or JSON, an exit status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from . import __version__, paths
from .domain.errors import KnownError, NoWorkspace
from .domain.fields import RECORDS, Kind
from .domain.issues import IssueStatus, IssueType, ReasonCode, type_label
from .domain.jobs import Handle
from .domain.text import visible
from .files.asked import ReadAs
from .files.dialect import WINDOWS_1252
from .files.mapping import Mapping, load_toml
from .operations import issue_work
from .operations.explaining import explain_issue
from .operations.exporting import export_rows
from .operations.importing import ImportResult, check_file, check_only, checked_source, store_or_refuse
from .operations.issue_table import issue_csv, issue_table
from .operations.reading import issue_query, list_issues, verify
from .operations.reconciling import Reconciled, reconcile
from .operations.self_test import run_self_test
from .operations.workspace import Workspace, open_workspace

DONE, REFUSED, WRONG_USAGE, ROWS_SKIPPED = 0, 1, 2, 3
"""The exit statuses; argparse uses WRONG_USAGE by itself."""

_PROGRAM = "opspilot-desktop"


def main(argv: Sequence[str]) -> int:
    """Runs one command; returns its exit status. A refusal is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        # Data hold characters that a console's encoding may lack: better an escape than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(_db_first(argv))
    try:
        status: int = arguments.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except KnownError as error:
        return _refuse(arguments, error.message)
    except KeyboardInterrupt:
        return _refuse(arguments, "Cancelled; nothing was changed.")
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return DONE
    except Exception as error:
        # A full disk behind `> file` names no file: the work is done and stored, only the answer got lost.
        if isinstance(error, OSError) and error.filename is None:
            return _say_answer_lost(error)
        return _refuse(arguments, _report(error))


def _report(error: Exception) -> str:
    """Keeps a report of a defect; returns the sentence for it."""
    from . import crash

    # Not logged as well: without a log file, logging would write the traceback to standard error.
    saved = crash.save(paths.logs(), crash.report(error))
    where = f"; the report is in {saved}" if saved else ""
    return f"An error in the program stopped this ({type(error).__name__}){where}."


def _say_answer_lost(error: OSError) -> int:
    with suppress(OSError):
        _say(f"The result could not be written ({error.strerror}); the work is done.")
    _close_quietly(sys.stdout)
    return REFUSED


def _close_quietly(stream: TextIO | None) -> None:
    """Closes a stream whose text cannot be written, so that Python does not try again at its end."""
    if stream is not None:
        with suppress(OSError):
            stream.close()


def _refuse(arguments: argparse.Namespace, message: str) -> int:
    _say(message)
    if getattr(arguments, "json", False) or getattr(arguments, "format", "") == "json":
        known = {"file": Path(arguments.file).name, "kind": arguments.kind} if "kind" in arguments else {}
        if arguments.command == "import":
            empty = ImportResult(known["file"], known["kind"], "", refused=True, message=message)
            _print_json(empty.as_json())
        else:
            _print_json({"refused": True, "message": message})
    return REFUSED


def _say(sentence: str) -> None:
    """One line on standard error; what a file's names and cells hold is shown, never obeyed."""
    print(visible(sentence), file=sys.stderr)


def _print_json(value: Any) -> None:
    # A console's other encoding would make `\xe4` of an ä, which is no JSON.
    as_ascii = not (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=as_ascii, default=str))


def _db_first(argv: Sequence[str]) -> list[str]:
    """Moves `--db TARGET` to the front, so that it may stand before or after the subcommand."""
    front: list[str] = []
    rest: list[str] = []
    remaining = list(argv)
    while remaining:
        argument = remaining.pop(0)
        if argument == "--":
            rest += [argument, *remaining]
            break
        if argument == "--db" and remaining:
            front += [argument, remaining.pop(0)]
        elif argument.startswith("--db="):
            front.append(argument)
        else:
            rest.append(argument)
    return [*front, *rest]


def _open(arguments: argparse.Namespace, *, create: bool = False) -> Workspace:
    target = arguments.db
    if target is None:
        target = str(paths.default_workspace())
        if create:
            paths.default_workspace().parent.mkdir(parents=True, exist_ok=True)
    try:
        return open_workspace(target, create=create)
    except NoWorkspace as error:
        raise NoWorkspace(error.fact, "import a file first, or name another workspace with --db") from error


def _import(arguments: argparse.Namespace) -> int:
    kind = Kind(arguments.kind)
    source = checked_source(arguments.source, kind)
    mapping = _mapping(arguments.mapping, kind)
    skip = arguments.on_error == "skip"
    read_as = ReadAs(arguments.encoding, arguments.sheet)
    store = check_only if arguments.check else store_or_refuse
    with check_file(Handle(), Path(arguments.file), kind, mapping, read_as) as staged:
        result = store(
            Handle(),
            lambda: _open(arguments, create=not arguments.check),
            staged,
            skip_bad_rows=skip,
            source=source,
        )
    if arguments.json:
        _print_json(result.as_json())
    else:
        for warning in result.warnings:
            _say(warning)
        for reject in result.rejected[:20]:
            column = f", {reject.column}" if reject.column else ""
            _say(f"Line {reject.line}{column}: {reject.reason} ({reject.value!r})")
        if result.rejected_total > 20:
            print(f"… and {result.rejected_total - 20:,} more bad rows", file=sys.stderr)
    if result.refused:
        _say(result.message)
        return REFUSED
    if not arguments.json:
        print(result.message)
    return ROWS_SKIPPED if result.rejected_total else DONE


def _mapping(name: str | None, kind: Kind) -> Mapping | None:
    return load_toml(Path(name), RECORDS[kind]) if name else None


def _reconcile(arguments: argparse.Namespace) -> int:
    with _open(arguments) as workspace:
        result = reconcile(Handle(), workspace, full=arguments.full, as_of=arguments.as_of)
    if arguments.json:
        _print_json(result.as_json())
    else:
        print(_told(result))
        for warning in result.summary.warnings:
            _say(warning)
    return DONE


def _told(result: Reconciled) -> str:
    summary = result.summary
    others = ", ".join(f"{count:,} {status}" for status, count in summary.not_checked.items())
    lines = [
        f"Run {summary.run_id} ({summary.scope}): {summary.checked:,} checked, {summary.matched:,} matched"
        + (f"; not checked: {others}" if others else ""),
        f"Issues: {summary.opened:,} opened, {summary.reopened:,} reopened, {summary.updated:,} updated,"
        f" {summary.cleared:,} cleared",
    ]
    lines += [f"  {type_label(name)}: {count:,} open" for name, count in summary.open_by_type.items()]
    return "\n".join([*lines, f"{summary.seconds:.2f} s"])


def _issues(arguments: argparse.Namespace) -> int:
    with _open(arguments) as workspace:
        found = list_issues(Handle(), workspace, issue_query(arguments.status, arguments.type))
    if arguments.format == "json":
        _print_json(found)
    else:
        print((issue_csv if arguments.format == "csv" else issue_table)(found), end="")
    return DONE


def _export(arguments: argparse.Namespace) -> int:
    with _open(arguments) as workspace:
        written = export_rows(Handle(), workspace, Kind(arguments.table), Path(arguments.file))
    print(f"{arguments.file}: {written:,} rows")
    return DONE


def _work(action: Callable[..., issue_work.Step]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        with _open(arguments) as workspace:
            if action is issue_work.reopen_issues:
                step = action(workspace, arguments.ids)
            else:
                step = action(workspace, arguments.ids, arguments.reason, paths.as_text(arguments.comment))
        print(f"{step.text}: done")
        return DONE

    return run


def _explain(arguments: argparse.Namespace) -> int:
    with _open(arguments) as workspace:
        for piece in explain_issue(Handle(), workspace, arguments.id, offline=arguments.offline):
            print(piece, end="", flush=True)
    print()
    return DONE


def _verify(arguments: argparse.Namespace) -> int:
    with _open(arguments) as workspace:
        verdict = verify(Handle(), workspace)
    if arguments.json:
        _print_json(verdict.as_json())
    elif verdict.ok:
        print("The database and the audit trail are sound.")
    if not verdict.database_ok:
        print(f"The database is damaged: {verdict.database_message}.", file=sys.stderr)
    if verdict.unrecorded:
        _say(f"The audit trail has been cut: it lacks {verdict.unrecorded}.")
    elif verdict.broken_audit_row is not None:
        _say(f"The audit trail does not hold from row {verdict.broken_audit_row} on.")
    return DONE if verdict.ok else REFUSED


def _self_test(arguments: argparse.Namespace) -> int:
    checks = []
    for check in run_self_test():
        checks.append(check)
        if not arguments.json:
            print(
                f"{'ok  ' if check.ok else 'FAIL'} {check.name}{': ' if check.problem else ''}{check.problem}"
            )
    ok = all(check.ok for check in checks)
    if arguments.json:
        _print_json({"ok": ok, "version": __version__, "checks": [vars(check) for check in checks]})
    if not ok:
        print(f"The self-test failed: {checks[-1].name}: {checks[-1].problem}", file=sys.stderr)
    return DONE if ok else REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Reconcile trades with the ledger; without a command, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    parser.add_argument(
        "--db",
        metavar="TARGET",
        help="a workspace file, or a postgresql:// URL (default: your own workspace)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    _add_data_commands(command)
    _add_issue_commands(command)
    one = command("verify", _verify, "check the database's integrity and the audit trail")
    one.add_argument("--json", action="store_true")
    one = command(
        "self-test", _self_test, "do the main job in a temporary workspace and say whether it works"
    )
    one.add_argument("--json", action="store_true")
    return parser


_Adder = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it as 2026-11-30") from None


def _add_data_commands(command: _Adder) -> None:
    one = command("import", _import, "import a file of trades or ledger entries")
    one.add_argument("kind", choices=[Kind.TRADES.value, Kind.LEDGER.value])
    one.add_argument("file", metavar="FILE")
    one.add_argument("--mapping", metavar="FILE", help="a TOML file that says which column is which field")
    one.add_argument(
        "--source", metavar="NAME", default="", help="where ledger entries come from: their ids are its own"
    )
    one.add_argument("--sheet", metavar="NAME", default="", help="the sheet of a workbook that has several")
    one.add_argument(
        "--encoding", choices=[WINDOWS_1252], default="", help="how to read text that is not UTF-8 or UTF-16"
    )
    one.add_argument("--check", action="store_true", help="do everything but store")
    one.add_argument(
        "--on-error", choices=["refuse", "skip"], default="refuse", help="what to do with bad rows"
    )
    one.add_argument("--json", action="store_true")
    one = command("reconcile", _reconcile, "match trades with the ledger and bring the issues up to date")
    one.add_argument("--full", action="store_true", help="check everything, not only what changed")
    one.add_argument(
        "--as-of", metavar="DATE", type=_date, help="raise a missing entry only once it is due on this day"
    )
    one.add_argument("--json", action="store_true")
    one = command("export", _export, "write a table to a .csv, .xlsx or .jsonl file")
    one.add_argument("table", choices=[kind.value for kind in Kind])
    one.add_argument("file", metavar="FILE")


def _add_issue_commands(command: _Adder) -> None:
    one = command("issues", _issues, "list issues (the open ones, unless --status says otherwise)")
    one.add_argument("--status", choices=[*[status.value for status in IssueStatus], "all"], default="open")
    one.add_argument("--type", choices=[kind.value for kind in IssueType])
    one.add_argument("--format", choices=["table", "csv", "json"], default="table")
    for name, action, text in (
        ("resolve", issue_work.resolve_issues, "resolve issues with a reason"),
        ("ignore", issue_work.ignore_issues, "ignore issues with a reason"),
    ):
        one = command(name, _work(action), text)
        one.add_argument("ids", metavar="ID", type=int, nargs="+")
        one.add_argument("--reason", required=True, choices=[reason.value for reason in ReasonCode])
        one.add_argument("--comment", default="")
    one = command("reopen", _work(issue_work.reopen_issues), "open resolved or ignored issues again")
    one.add_argument("ids", metavar="ID", type=int, nargs="+")
    one = command("explain", _explain, "explain an issue")
    one.add_argument("id", metavar="ID", type=int)
    one.add_argument("--offline", action="store_true", help="explain from the evidence alone, ask nobody")
