"""The verbs about watched folders: watching them, listing, adding and removing them."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import operations
from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..domain.jobs import Cancelled, Handle
from ..domain.text import visible
from ..domain.watched import DEFAULT_SETTLE, WatchedFolder
from ..paths import as_text
from .shared import DONE, REFUSED, ROWS_SKIPPED, Adder, only_the_answer, opened, print_json, say

if TYPE_CHECKING:
    from ..operations.watch_report import Taken
    from ..operations.watching import Glance
    from ..operations.workspace import Workspace


def add_watch_commands(command: Adder) -> None:
    """Adds them."""
    one = command("watch", _watch, "import files from the watched folders as they come, until it is ended")
    one.add_argument("--once", action="store_true", help="take what is complete now, and end")
    one.add_argument("--json", action="store_true", help="print one object a line for each file")
    verbs = one.add_subparsers(dest="verb", metavar="VERB")
    listing = verbs.add_parser("list", help="list the watched folders")
    listing.set_defaults(run=_list)
    add = verbs.add_parser("add", help="watch a folder, or watch it otherwise")
    add.add_argument("kind", choices=[Kind.TRADES.value, Kind.LEDGER.value])
    add.add_argument("folder", metavar="FOLDER")
    add.add_argument("--profile", metavar="NAME", default="", help="the source profile of its files")
    add.add_argument(
        "--settle",
        metavar="SECONDS",
        type=int,
        default=DEFAULT_SETTLE,
        help=f"a file is complete when it has been the same for so long (default: {DEFAULT_SETTLE})",
    )
    add.add_argument(
        "--marker",
        metavar="ENDING",
        default="",
        help="a file is complete once one of its name with this ending is there, such as .done",
    )
    add.add_argument(
        "--on-error", choices=["refuse", "skip"], default="refuse", help="what to do with bad rows"
    )
    add.set_defaults(run=_add)
    for name, run, text in (
        ("remove", _remove, "watch a folder no longer; what is in it stays"),
        ("pause", _pause, "take no files from a folder for a while"),
        ("resume", _pause, "take files from a paused folder again"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("folder", metavar="FOLDER")
        verb.set_defaults(run=run)
    for verb in verbs.choices.values():  # as well as before the verb
        verb.add_argument("--json", action="store_true", default=argparse.SUPPRESS)


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        found = operations.watched_folders.list_watched(Handle(), workspace)
    if arguments.json:
        print_json([one.as_json() for one in found])
        return DONE
    for one in found:
        paused = "  (paused)" if one.paused else ""
        print(visible(f"{one.path}  {one.read_by}  {one.rule}{paused}"))
    return DONE


def _add(arguments: argparse.Namespace) -> int:
    wanted = WatchedFolder(
        "",
        arguments.folder,
        Kind(arguments.kind),
        arguments.profile,
        arguments.settle,
        arguments.marker,
        arguments.on_error == "skip",
    )
    with opened(arguments, create=True) as workspace:
        there = operations.watched_folders.files_to_be_taken(Handle(), workspace, wanted)
        kept = operations.watched_folders.watch_folder(Handle(), workspace, wanted)
    if there:
        print(visible(operations.watched_folders.told_of_files_there(there)), file=sys.stderr)
    return _told(arguments, kept, f"is watched: {kept.read_by}, {kept.rule}.")


def _remove(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        folder = operations.watched_folders.watched_at(Handle(), workspace, arguments.folder)
        operations.watched_folders.stop_watching(Handle(), workspace, folder.id)
    return _told(arguments, folder, "is no longer watched.")


def _pause(arguments: argparse.Namespace) -> int:
    paused = arguments.verb == "pause"
    with opened(arguments) as workspace:
        folder = operations.watched_folders.watched_at(Handle(), workspace, arguments.folder)
        operations.watched_folders.pause_folder(Handle(), workspace, folder.id, paused=paused)
    return _told(arguments, replace(folder, paused=paused), "is paused." if paused else "is watched again.")


def _told(arguments: argparse.Namespace, folder: WatchedFolder, words: str) -> int:
    """Says what was done with a folder, or prints the folder as it is then."""
    if arguments.json:
        print_json(folder.as_json())
    else:
        print(visible(f"{folder.path} {words}"))
    return DONE


def _watch(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace, _Ending.by_signals() as ending:
        if not operations.watched_folders.list_watched(ending.handle, workspace):
            raise KnownError("No folder is watched yet; add one with watch add trades|ledger FOLDER.")
        watching = _Watching(workspace, ending, as_json=arguments.json)
        return watching.once() if arguments.once else watching.until_ended()


class _Ending:
    """That somebody has asked the program to end, by Ctrl+C or SIGTERM."""

    def __init__(self) -> None:
        self.handle = Handle()
        self._asked = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Waits for so long, or until the end is asked for; whether it is."""
        return self._asked.wait(seconds)

    def _ask(self) -> None:
        self._asked.set()
        self.handle.cancel()

    @classmethod
    @contextmanager
    def by_signals(cls) -> Iterator[_Ending]:
        """Listens for the signals meanwhile."""
        ending = cls()

        def heard(*_: object) -> None:
            # From a thread of its own: the main one may hold the very lock that a cancel needs.
            threading.Thread(target=ending._ask).start()

        before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield ending
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Watching:
    """Looks, takes what is ready, and says what became of it."""

    def __init__(self, workspace: Workspace, ending: _Ending, *, as_json: bool) -> None:
        self._workspace = workspace
        self._ending = ending
        self._as_json = as_json
        self._watcher = operations.watching.Watcher(workspace)
        self._told: dict[str, str] = {}
        self._status = DONE

    def until_ended(self) -> int:
        """Watches until the end is asked for. What stands in the way is said once, and tried again."""
        while True:
            try:
                self._look_and_take()
            except Cancelled:
                return DONE
            except KnownError as error:  # such as a server that is down for a moment
                self._say_once("", error.message)
            if self._ending.wait(operations.watching.LOOK_SECONDS):
                return DONE

    def once(self) -> int:
        """Takes what is complete: what stays the same for as long as its folder asks."""
        try:
            glance = self._look_and_take()
            waits = [state.folder.settle for state in glance.states if state.is_waiting]
            if waits and not self._ending.wait(max(waits) + 0.1):
                glance = self._look_and_take()
            for state in glance.states:
                if state.is_waiting:
                    say(f"{state.folder.path}: {state.words}")
        except Cancelled:
            return DONE
        return self._status

    def _look_and_take(self) -> Glance:
        """Takes all that is ready; what the last look has found."""
        while True:
            with only_the_answer():
                glance = self._watcher.look(self._ending.handle)
                batch = operations.taking_files.take_all(self._ending.handle, self._workspace, glance)
            self._watcher.note(batch.troubles, operations.taking_files.reported(batch.taken))
            for taken in batch.taken:
                self._tell(taken)
            self._say_problems(glance, batch.troubles)
            self._ending.handle.check()
            if not batch.taken:
                return glance

    def _tell(self, taken: Taken) -> None:
        outcome = taken.outcome
        if not outcome.is_done:
            self._status = REFUSED
        elif self._status == DONE and outcome.result is not None and outcome.result.rejected_total:
            self._status = ROWS_SKIPPED
        if self._as_json:
            print_json(taken.as_json())
        else:
            print(visible(f"{taken.sentence} ({as_text(str(taken.path))})"))
        sys.stdout.flush()

    def _say_problems(self, glance: Glance, troubles: dict[str, str]) -> None:
        for state in glance.states:
            words = troubles.get(state.folder.id) or (state.words if state.problem else "")
            if words == operations.watching.BUSY:  # which is as it should be
                words = ""
            if words:
                self._status = REFUSED
            self._say_once(state.folder.path, words)

    def _say_once(self, folder: str, words: str) -> None:
        if words and self._told.get(folder) != words:
            say(f"{folder}: {words}" if folder else words)
        self._told[folder] = words
