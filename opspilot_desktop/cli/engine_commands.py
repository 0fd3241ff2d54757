"""The verbs about the engine: running it, its history, its rules and plug-ins."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from .. import operations
from ..domain.issues import type_label
from ..domain.jobs import Handle
from ..domain.text import visible
from .shared import DONE, Adder, only_the_answer, opened, print_json, say

if TYPE_CHECKING:
    from ..operations.reconciling import Reconciled


def add_engine_commands(command: Adder) -> None:
    """Adds them."""
    one = command("reconcile", _reconcile, "match trades with the ledger and bring the issues up to date")
    one.add_argument("--full", action="store_true", help="check everything, not only what changed")
    one.add_argument(
        "--as-of", metavar="DATE", type=_date, help="raise a missing entry only once it is due on this day"
    )
    one.add_argument("--json", action="store_true")
    one = command("runs", _runs, "list the engine's runs, the newest first, or compare two of them")
    one.add_argument("--last", metavar="N", type=_positive, default=50, help="how many runs (default: 50)")
    one.add_argument("--compare", metavar="RUN", type=int, nargs=2, help="say what differs after two runs")
    one.add_argument("--json", action="store_true")
    one = command("rules", _rules, "print how the rules are set; --on and --off switch rules")
    one.add_argument("--on", metavar="RULE", action="append", default=[], help="switch this rule on")
    one.add_argument("--off", metavar="RULE", action="append", default=[], help="switch this rule off")
    one.add_argument("--json", action="store_true")
    one = command("plugins", _plugins, "list the plug-ins, or switch one on or off")
    one.add_argument("--on", metavar="NAME", help="switch its rules on; one that failed is tried again")
    one.add_argument("--off", metavar="NAME", help="switch its rules off; the next run clears their issues")
    one.add_argument("--json", action="store_true")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it as 2026-11-30") from None


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number of runs; write one such as 50")


def _reconcile(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace, only_the_answer():
        result = operations.reconciling.reconcile(
            Handle(), workspace, full=arguments.full, as_of=arguments.as_of
        )
    if arguments.json:
        print_json(result.as_json())
    else:
        print(_told(result))
        for sentence in (*result.summary.notes, *result.summary.warnings):
            say(sentence)
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


def _runs(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        if arguments.compare:
            compared = operations.run_history.compare_runs(Handle(), workspace, *arguments.compare)
            told, value = operations.run_table.comparison_text(compared), compared.as_json()
        else:
            page = operations.run_history.list_runs(Handle(), workspace, most=arguments.last)
            told = operations.run_table.run_table(page)
            value = {"runs": [run.as_json() for run in page.runs], "more": page.more}
    if arguments.json:
        print_json(value)
    else:
        print(told, end="")
    return DONE


def _rules(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        if arguments.on or arguments.off:
            operations.rules.switch_rules(workspace, arguments.on, arguments.off)
        now = operations.rules.read_rules(Handle(), workspace)
    if arguments.json:
        print_json(now.as_json())
    else:
        print(visible(now.as_text(), prose=True))
    return DONE


def _plugins(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace, only_the_answer():
        for name, on in ((arguments.on, True), (arguments.off, False)):
            if name is not None:
                operations.plugins.switch_plugin(workspace, name, on=on)
        found = operations.plugins.list_plugins(Handle(), workspace)
        folder = workspace.plugins.folder
    if arguments.json:
        print_json({"folder": str(folder), "plugins": [one.as_json() for one in found]})
        return DONE
    for one in found:
        rules = ", ".join(one.rules) or "no rules"
        why = f": {one.problem}" if one.problem else ""
        print(visible(f"{one.name}  {one.state}  {rules}  ({one.where}){why}"))
    if not found:
        print(f"No plug-ins; put them into {visible(str(folder))}")
    return DONE
