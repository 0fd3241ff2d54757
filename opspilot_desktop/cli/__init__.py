"""The verbs on the command line: arguments in, an operation, its result as text or JSON, an exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from .. import __version__, logs, paths
from ..domain.errors import KnownError
from .data_commands import add_data_commands
from .engine_commands import add_engine_commands
from .issue_commands import add_issue_commands
from .profile_commands import add_profile_commands
from .shared import DONE, REFUSED, Run, print_json, say
from .watch_commands import add_watch_commands

_PROGRAM = "opspilot-desktop"


def main(argv: Sequence[str]) -> int:
    """Runs one command; returns its exit status. A refusal is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        # Data hold characters that a console's encoding may lack: better an escape than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(_db_first(argv))
    try:
        with logs.to_folder(paths.logs()):
            status: int = arguments.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except KnownError as error:
        return _refuse(arguments, error.message, _proposed(error))
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
    from .. import crash

    # Not logged as well: without a log file, logging would write the traceback to standard error.
    saved = crash.save(paths.logs(), crash.report(error))
    where = f"; the report is in {saved}" if saved else ""
    return f"An error in the program stopped this ({type(error).__name__}){where}."


def _say_answer_lost(error: OSError) -> int:
    with suppress(OSError):
        say(f"The result could not be written ({error.strerror}); the work is done.")
    _close_quietly(sys.stdout)
    return REFUSED


def _close_quietly(stream: TextIO | None) -> None:
    """Closes a stream whose text cannot be written, so that Python does not try again at its end."""
    if stream is not None:
        with suppress(OSError):
            stream.close()


def _proposed(error: KnownError) -> dict[str, str]:
    """What a refusal proposes, as a profile that can be saved as it stands or completed."""
    from ..files.mapping import NeedsMapping
    from ..files.proposing import ProfileProposal

    if not isinstance(error, NeedsMapping) or not isinstance(error.proposal, ProfileProposal):
        return {}
    from ..files.profile_text import format_profile

    questions = [f"# {question.text}\n" for question in error.proposal.questions]
    return {"proposal": format_profile(error.proposal.profile) + "".join(questions)}


def _refuse(arguments: argparse.Namespace, message: str, proposed: Mapping[str, str] | None = None) -> int:
    say(message)
    if getattr(arguments, "json", False) or getattr(arguments, "format", "") == "json":
        if arguments.command == "import":
            from ..operations.importing import ImportResult

            known = {"file": Path(arguments.file).name, "kind": arguments.kind}
            empty = ImportResult(
                **known, sha256="", refused=True, message=message, checked=bool(arguments.check)
            )
            print_json({**empty.as_json(), **(proposed or {})})
        else:
            print_json({"refused": True, "message": message})
    return REFUSED


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

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    add_data_commands(command)
    add_engine_commands(command)
    add_issue_commands(command)
    add_profile_commands(command)
    add_watch_commands(command)
    return parser
