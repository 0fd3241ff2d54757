"""The verbs about issues: listing them, working on them, linking, explaining."""

from __future__ import annotations

import argparse

from .. import operations, paths
from ..domain.issues import IssueStatus, ReasonCode
from ..domain.jobs import Handle
from ..domain.links import TO_LINK, TO_UNLINK
from ..domain.text import visible
from .shared import DONE, Adder, opened, print_json


def add_issue_commands(command: Adder) -> None:
    """Adds them."""
    one = command("issues", _issues, "list issues (the open ones, unless --status says otherwise)")
    one.add_argument("--status", choices=[*[status.value for status in IssueStatus], "all"], default="open")
    one.add_argument("--type", metavar="TYPE", help="such as AMOUNT_MISMATCH, or a type of a plug-in")
    one.add_argument("--format", choices=["table", "csv", "json"], default="table")
    for name, text in (
        ("resolve", "resolve issues with a reason"),
        ("ignore", "ignore issues with a reason"),
    ):
        one = command(name, _work, text)
        one.add_argument("ids", metavar="ID", type=int, nargs="+")
        one.add_argument("--reason", required=True, choices=[reason.value for reason in ReasonCode])
        one.add_argument("--comment", default="")
    one = command("reopen", _work, "open resolved or ignored issues again")
    one.add_argument("ids", metavar="ID", type=int, nargs="+")
    _add_link_commands(command)
    one = command("explain", _explain, "explain an issue")
    one.add_argument("id", metavar="ID", type=int)
    one.add_argument("--offline", action="store_true", help="explain from the evidence alone, ask nobody")


def _add_link_commands(command: Adder) -> None:
    for name, text, reasons in (
        ("link", "link ledger entries to a trade by hand", TO_LINK),
        ("unlink", "put linked ledger entries back under the trade ids of their files", TO_UNLINK),
    ):
        one = command(name, _link, text)
        one.add_argument("entries", metavar="ENTRY", nargs="+", help="an entry id, or its row as row:12")
        if name == "link":
            one.add_argument("--to", metavar="TRADE_ID", required=True)
        one.add_argument("--reason", required=True, choices=[reason.value for reason in reasons])
        one.add_argument("--comment", default="")


def _issues(arguments: argparse.Namespace) -> int:
    reading, tables = operations.reading, operations.issue_table
    with opened(arguments) as workspace:
        wanted = reading.known_type(Handle(), workspace, arguments.type) if arguments.type else None
        found = reading.list_issues(Handle(), workspace, reading.issue_query(arguments.status, wanted))
    if arguments.format == "json":
        print_json(found)
    else:
        print((tables.issue_csv if arguments.format == "csv" else tables.issue_table)(found), end="")
    return DONE


def _work(arguments: argparse.Namespace) -> int:
    work = operations.issue_work
    with opened(arguments) as workspace:
        if arguments.command == "reopen":
            step = work.reopen_issues(workspace, arguments.ids)
        else:
            act = work.resolve_issues if arguments.command == "resolve" else work.ignore_issues
            step = act(workspace, arguments.ids, arguments.reason, paths.as_text(arguments.comment))
    print(f"{step.text}: done")
    return DONE


def _link(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        names = [paths.as_text(name) for name in arguments.entries]
        linking = operations.linking
        rows = linking.named_entries(Handle(), workspace, names)
        comment = paths.as_text(arguments.comment)
        if arguments.command == "link":
            trade_id = paths.as_text(arguments.to)
            step = linking.link_entries(workspace, rows, trade_id, arguments.reason, comment)
        else:
            step = linking.unlink_entries(workspace, rows, arguments.reason, comment)
    print(f"{visible(step.text)}: done; run reconcile for the issues to follow")
    return DONE


def _explain(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        explained = operations.explaining.explain_issue
        for piece in explained(Handle(), workspace, arguments.id, offline=arguments.offline):
            print(piece, end="", flush=True)
    print()
    return DONE
