"""Finding plug-ins: in the user's own folder, and among the installed distributions.

Only `plugins` in the user's data folder is looked into, never a workspace's folder or the current one. Each
plug-in is loaded by itself, and one that cannot be loaded is listed with the reason.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import localcontext
from enum import StrEnum
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

import pluggy

from .faults import PluginFault, check_rule, reason_of
from .hooks import GROUP, Hooks

logger = logging.getLogger(__name__)

BUILT_IN = "built in"
_MODULES = "opspilot_plugins"


class Origin(StrEnum):
    """Where a plug-in comes from."""

    BUILT_IN = "built in"
    FOLDER = "folder"
    PACKAGE = "package"


@dataclass(frozen=True)
class Plugin:
    """A plug-in that was found: its rules, or the `problem` why it has none.

    `where` is for people to read; `version` changes with what the plug-in does.
    """

    name: str
    origin: Origin
    where: str
    version: str = ""
    rules: tuple[object, ...] = ()
    problem: str = ""
    folder: Path | None = None


class Plugins:
    """The plug-ins of this computer. `built_in` is the module with the program's own rules.

    A file that has changed is loaded again when it is asked for next; the distributions are looked at once.
    """

    def __init__(self, folder: Path, built_in: ModuleType) -> None:
        self.folder = folder
        self._built_in = built_in
        self._loading = threading.Lock()
        self._packages: tuple[Plugin, ...] | None = None
        self._seen: object = None
        self._found: tuple[Plugin, ...] = ()

    def found(self) -> tuple[Plugin, ...]:
        """All plug-ins, the built-in rules first; loads what has not been loaded yet."""
        with self._loading:
            if self._packages is None:
                own = _load(BUILT_IN, Origin.BUILT_IN, "", "", lambda: self._built_in)
                points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
                self._packages = (own, *map(_from_package, points))
            files = tuple(_candidates(self.folder))
            seen = tuple(_stamp(path) for path in files)
            if seen != self._seen:
                self._seen = seen
                self._found = tuple(_by_name((*self._packages, *map(_from_folder, files))))
            return self._found


def _by_name(plugins: Sequence[Plugin]) -> Iterator[Plugin]:
    """The plug-ins; of several with one name, only the first is used."""
    taken: set[str] = set()
    for plugin in plugins:
        double = "another plug-in has the same name; rename one" if plugin.name in taken else ""
        taken.add(plugin.name)
        yield replace(plugin, rules=(), problem=double) if double else plugin


def _candidates(folder: Path) -> Iterator[Path]:
    """The modules and packages in the folder; names that begin with `_` or `.` are left alone."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        is_module = path.suffix == ".py" and path.is_file()
        is_module = is_module or (path / "__init__.py").is_file()
        if is_module and not path.name.startswith(("_", ".")):
            yield path


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _stamp(path: Path) -> object:
    """What changes when a plug-in's files do."""
    stamps = []
    for source in _sources(path):
        try:
            status = source.stat()
            stamps.append((str(source), status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            stamps.append((str(source), 0, 0, 0))
    return tuple(stamps)


def _from_folder(path: Path) -> Plugin:
    def load() -> ModuleType:
        if not path.stem.isidentifier():
            raise PluginFault("a plug-in's file is named with letters, digits and _ only; rename it")
        return _module(path)

    return _load(path.stem, Origin.FOLDER, str(path), _digest(path), load, path)


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    for source in _sources(path):
        try:
            content = source.read_bytes()
        except OSError:  # loading it will say so
            content = b""
        whole.update(f"{source.relative_to(path.parent)}\0{len(content)}\0".encode("utf-8", "replace"))
        whole.update(content)
    return whole.hexdigest()[:16]


class _Loader(SourceFileLoader):
    """Reads the source each time, and leaves no compiled file behind that a quick change could outrun."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def _module(path: Path) -> ModuleType:
    """Runs a module or a package under a name of its own, so that it can hide no other."""
    name = f"{_MODULES}_{path.stem}"
    source = path / "__init__.py" if path.is_dir() else path
    inner = [str(path)] if path.is_dir() else None
    spec = spec_from_file_location(
        name, source, loader=_Loader(name, str(source)), submodule_search_locations=inner
    )
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    for old in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[old]
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _from_package(point: EntryPoint) -> Plugin:
    distribution = point.dist
    where = "" if distribution is None else f"{distribution.name} {distribution.version}"
    return _load(point.name, Origin.PACKAGE, where, where, point.load)


def _load(
    name: str,
    origin: Origin,
    where: str,
    version: str,
    load: Callable[[], object],
    folder: Path | None = None,
) -> Plugin:
    """Loads one plug-in and asks it for its rules; whatever goes wrong is its own problem."""
    try:
        with localcontext():  # what a plug-in sets for its own decimals
            module = load()
            if folder is None:
                folder = _folder_of(module)
            rules = _rules(name, module)
        if origin is not Origin.BUILT_IN:
            for rule in rules:
                check_rule(rule)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a plug-in thinks of, SystemExit included
        if origin is Origin.BUILT_IN:
            raise
        # Not as a warning: without a log file, logging would write it to standard error.
        logger.info("A plug-in cannot be loaded", extra={"plugin": name}, exc_info=error)
        return Plugin(name, origin, where, version, (), reason_of(error, folder), folder)
    if origin is Origin.PACKAGE and folder is not None:
        version = f"{version} {_digest(folder)}"
    return Plugin(name, origin, where, version, rules, "", folder)


def _folder_of(module: object) -> Path | None:
    """The file of a module, or the folder of a package."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return None
    path = Path(file)
    return path.parent if path.name == "__init__.py" else path


def _rules(name: str, module: object) -> tuple[object, ...]:
    """What the plug-in's hook gives. A manager of its own: an error in one plug-in reaches no other."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Hooks)
    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError:
        raise PluginFault("opspilot_rules takes no arguments, and there is no other hook") from None
    if not manager.hook.opspilot_rules.get_hookimpls():
        raise PluginFault("it has no function opspilot_rules marked with @hookimpl")
    (given,) = manager.hook.opspilot_rules() or (None,)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise PluginFault("opspilot_rules must return a list of rules")
    return tuple(given)
