"""Imports and undone imports in any order, against a model in plain Python that knows nothing of SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.profile import Duplicates
from opspilot_desktop.operations.import_history import list_imports, undo_import
from opspilot_desktop.operations.importing import ImportResult, check_file, check_only, import_file
from opspilot_desktop.operations.linking import link_entries, unlink_entries
from opspilot_desktop.operations.reading import verify
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import ledger_entries
from tests.helpers.agreement import empty
from tests.helpers.budget import slow

Values = dict[str, str | None]
Counts = tuple[int, int, int, int]
"""Imported, updated, unchanged, merged."""


@dataclass(eq=False)
class Entry:
    """A stored entry: what its file says, who wrote it, and the trade it was linked to by hand."""

    id: str | None
    values: Values
    source: str
    writer: int
    linked: str | None = None


@dataclass
class Import:
    """What an import did, as far as undoing it needs it; `holds` are the imports that wrote the rows of its
    file that it found stored."""

    file: tuple[Any, ...]
    holds: Counter[int]
    amended: list[tuple[Entry, Values, int]] = field(default_factory=list)
    is_undone: bool = False


@dataclass(frozen=True)
class Bring:
    """A ledger file: its columns, its lines, where it comes from, and what is said of lines without an id."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    source: str
    say: Duplicates | None

    @property
    def text(self) -> str:
        return "".join(",".join(line) + "\n" for line in (self.columns, *self.lines))


@dataclass(frozen=True)
class Again:
    """A file that was brought before, with something else said of it."""

    which: int
    say: Duplicates | None


@dataclass(frozen=True)
class Do:
    """Undoing an import, linking an entry, or unlinking it."""

    what: Literal["undo", "link", "unlink"]
    which: int


class Model:
    """The workspace as the page of what an import accepts has it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.imports: dict[int, Import] = {}

    def stored(self) -> list[tuple[Any, ...]]:
        return [
            (
                entry.writer,
                entry.source,
                entry.id,
                entry.linked or entry.values["trade_id"],
                entry.values["trade_id"] if entry.linked else None,
                int(entry.values["amount"] or 0),
                entry.values.get("currency"),
            )
            for entry in self.entries
        ]

    def bring(self, file: Bring) -> Counts | None:
        """What the import counts; None where it is refused, because somebody has to choose."""
        rows = [dict(zip(file.columns, (cell or None for cell in line), strict=True)) for line in file.lines]
        blank = [row for row in rows if not row.get("entry_id")]
        same = (file.columns, file.lines, file.source)
        is_repeated = bool(blank and file.say is None) and any(
            one.file == same and not one.is_undone for one in self.imports.values()
        )
        found = [] if file.say == "append" else self._alike(blank, "entry_id" in file.columns, file.source)
        if file.say is None and found and not is_repeated:
            return None
        holds = Counter(entry.writer for _, entry in found)
        met = {id(blank[position]) for position, _ in found}
        number = len(self.imports) + 1
        made = Import(same, holds)
        new: list[Entry] = []
        updated = unchanged = 0
        for row in rows:  # new ones are added in the file's order
            values = {name: value for name, value in row.items() if name != "entry_id"}
            if not row.get("entry_id"):
                if is_repeated or id(row) in met:
                    unchanged += 1
                else:
                    new.append(Entry(None, values, file.source, number))
                continue
            stored = self._by_id(row["entry_id"], file.source)
            if stored is None:
                new.append(Entry(row["entry_id"], values, file.source, number))
                continue
            holds[stored.writer] += 1
            before = {name: stored.values.get(name) for name in values}
            if before == values:
                unchanged += 1
                continue
            updated += 1
            made.amended.append((stored, before, stored.writer))
        if is_repeated and not new and not updated:
            return 0, 0, unchanged, 0
        for entry, _, _ in made.amended:
            row = next(row for row in rows if row.get("entry_id") == entry.id)
            entry.values |= {name: value for name, value in row.items() if name != "entry_id"}
            entry.writer = number
        self.entries += new
        self.imports[number] = made
        return len(new), updated, unchanged, 0 if is_repeated else len(met)

    def undo(self, number: int) -> bool:
        """Whether it is undone; False where something rests on it."""
        one = self.imports[number]
        if one.is_undone:
            return False
        if any(later.holds[number] for later in self.imports.values() if not later.is_undone):
            return False
        if any(entry.linked for entry in self.entries if entry.writer == number):
            return False
        for entry, before, writer in one.amended:
            entry.values |= before
            entry.writer = writer
        self.entries = [entry for entry in self.entries if entry.writer != number]
        one.is_undone = True
        return True

    def _by_id(self, entry_id: str | None, source: str) -> Entry | None:
        return next((one for one in self.entries if one.id == entry_id and one.source == source), None)

    def _alike(self, blank: Sequence[Values], has_ids: bool, source: str) -> list[tuple[int, Entry]]:
        """Which lines meet which entries: the first of several equal ones the first, and so on."""
        free = [one for one in self.entries if one.source == source and not (has_ids and one.id)]
        found = []
        for position, row in enumerate(blank):
            values = {name: value for name, value in row.items() if name != "entry_id"}
            for entry in free:
                if all(entry.values.get(name) == value for name, value in values.items()):
                    found.append((position, entry))
                    free.remove(entry)
                    break
        return found


class Desk:
    """The same steps on a real workspace."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.folder = folder

    def bring(self, file: Bring) -> Counts | None:
        path = self.folder / "ledger.csv"
        path.write_text(file.text, encoding="utf-8")
        with check_file(Handle(), path, Kind.LEDGER) as staged:
            checked = check_only(
                Handle(),
                lambda: nullcontext(self.workspace),
                staged,
                skip_bad_rows=False,
                source=file.source,
                duplicates=file.say,
            )
        before = self.stored()
        result = import_file(
            Handle(), self.workspace, path, Kind.LEDGER, source=file.source, duplicates=file.say
        )
        assert not result.rejected
        assert _counts(checked) == _counts(result)
        assert checked.warnings == result.warnings
        assert self.stored() == before or not result.refused
        return _counts(result)

    def undo(self, number: int) -> bool:
        try:
            undo_import(Handle(), self.workspace, number)
        except KnownError:
            return False
        return True

    def link(self, what: str, which: int) -> None:
        with self.workspace.database.read() as connection:
            ids = list(connection.scalars(select(ledger_entries.c.id).order_by(ledger_entries.c.id)))
        if what == "link":
            link_entries(self.workspace, [ids[which]], "T", "WRONG_ID")
        else:
            unlink_entries(self.workspace, [ids[which]], "MISTAKE")

    def stored(self) -> list[tuple[Any, ...]]:
        entry = ledger_entries.c
        names = ("import_id", "source", "entry_id", "trade_id", "booked_trade_id", "amount_units", "currency")
        with self.workspace.database.read() as connection:
            query = select(*[entry[name] for name in names]).order_by(entry.id)
            return [tuple(row) for row in connection.execute(query)]


def _counts(result: ImportResult) -> Counts | None:
    if result.refused:
        return None
    return result.imported, result.updated, result.unchanged, result.merged


def _is_sound(lines: Sequence[tuple[str, ...]], columns: tuple[str, ...]) -> bool:
    ids = [line[0] for line in lines if columns[0] == "entry_id" and line[0]]
    return len(ids) == len(set(ids))


CELLS = {
    "entry_id": st.sampled_from(["", "", "1", "2"]),
    "trade_id": st.sampled_from(["A", "B"]),
    "amount": st.sampled_from(["1", "1", "2"]),
    "currency": st.sampled_from(["", "EUR"]),
}
SAID: st.SearchStrategy[Any] = st.sampled_from([None, None, "append", "merge", "merge"])


@st.composite
def files(draw: st.DrawFn) -> Bring:
    shapes = [("trade_id", "amount"), ("trade_id", "amount", "currency"), ("entry_id", "trade_id", "amount")]
    columns = draw(st.sampled_from([*shapes, tuple(CELLS)]))
    line = st.tuples(*[CELLS[name] for name in columns])
    lines = draw(st.lists(line, min_size=1, max_size=4).filter(lambda drawn: _is_sound(drawn, columns)))
    return Bring(columns, tuple(lines), draw(st.sampled_from(["", "", "S"])), draw(SAID))


numbers = st.integers(0, 11)
steps = st.one_of(
    files(),
    files(),
    st.builds(Again, numbers, SAID),
    st.builds(Do, st.sampled_from(["undo", "undo", "undo", "link", "unlink"]), numbers),
)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sequences")


@slow(8, at_length=1_500)
@given(st.lists(steps, min_size=2, max_size=12))
def test_any_sequence_leaves_what_the_model_has(
    workspace: Workspace, shared_folder: Path, taken: Sequence[Bring | Again | Do]
) -> None:
    empty(workspace)
    desk, model = Desk(workspace, shared_folder), Model()
    trades = shared_folder / "trades.csv"
    trades.write_text("trade_id,instrument,side,quantity,price\nT,X,BUY,1,1\n", encoding="utf-8")
    import_file(Handle(), workspace, trades, Kind.TRADES)
    first = list_imports(Handle(), workspace)[0]["id"]
    model.imports[first] = Import((), Counter(), is_undone=True)  # not one of the ledger's
    brought: list[Bring] = []
    for step in taken:
        _take(step, desk, model, brought)
        assert desk.stored() == model.stored()
    assert verify(Handle(), workspace).ok


def _take(step: Bring | Again | Do, desk: Desk, model: Model, brought: list[Bring]) -> None:
    if isinstance(step, Again):
        if not brought:
            return
        old = brought[step.which % len(brought)]
        step = Bring(old.columns, old.lines, old.source, step.say)
    if isinstance(step, Bring):
        brought.append(step)
        assert desk.bring(step) == model.bring(step)
    elif step.what == "undo":
        number = 2 + step.which % max(len(model.imports) - 1, 1)
        if number in model.imports:
            assert desk.undo(number) == model.undo(number)
    elif model.entries:
        entry = model.entries[step.which % len(model.entries)]
        if (step.what == "link") == (entry.linked is None) and entry.values["trade_id"] != "T":
            desk.link(step.what, model.entries.index(entry))
            entry.linked = "T" if step.what == "link" else None
