"""The verbs about source profiles: listing, exporting, importing, removing."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import operations
from ..domain.clock import local_minute
from ..domain.jobs import Handle
from ..domain.text import visible
from .shared import DONE, Adder, opened, print_json


def add_profile_commands(command: Adder) -> None:
    """Adds them."""
    one = command("profiles", _list, "list the source profiles, or export, import and remove one")
    one.add_argument("--json", action="store_true")
    verbs = one.add_subparsers(dest="verb", metavar="VERB")
    export = verbs.add_parser("export", help="write a profile to a TOML file")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE")
    export.set_defaults(run=_export)
    keep = verbs.add_parser("import", help="keep the profile in a TOML file, in place of one of its name")
    keep.add_argument("file", metavar="FILE")
    keep.set_defaults(run=_keep)
    remove = verbs.add_parser("remove", help="take a profile away; what was imported by it stays")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(run=_remove)


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        found = operations.profiles.list_profiles(Handle(), workspace)
    if arguments.json:
        print_json([operations.profiles.as_json(one) for one in found])
        return DONE
    for one in found:
        saved = f"version {one.version}, saved by {one.who} on {local_minute(one.at)}"
        print(visible(f"{one.name}  {one.kind}  {saved}"))
    return DONE


def _export(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        operations.profiles.export_profile(Handle(), workspace, arguments.name, Path(arguments.file))
    print(visible(f"{arguments.file}: the profile {arguments.name}."))
    return DONE


def _keep(arguments: argparse.Namespace) -> int:
    with opened(arguments, create=True) as workspace:
        profile = operations.profiles.import_profile(Handle(), workspace, Path(arguments.file))
    print(visible(f"The profile {profile.name} is kept."))
    return DONE


def _remove(arguments: argparse.Namespace) -> int:
    with opened(arguments) as workspace:
        operations.profiles.remove_profile(Handle(), workspace, arguments.name)
    print(visible(f"The profile {arguments.name} is removed."))
    return DONE
