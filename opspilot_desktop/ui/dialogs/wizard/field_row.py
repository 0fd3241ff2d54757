"""One field of the record: where its value comes from, how that was found, and what more there is to say."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from opspilot_desktop.domain.fields import Field
from opspilot_desktop.files.taking import Rounding, Taken, columns_of
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel

from .sources import FileColumns, SourceBox, SourceModel, Way, source_of


@dataclass(frozen=True)
class How:
    """How a choice came about: an icon with the role of its colour, and words."""

    icon: str
    role: str
    text: str
    tip: str = ""


BY_PROFILE = How("resolved", "ok", "By the profile")
BY_YOU = How("resolved", "ok", "Chosen by you")
LEFT_OUT = How("ignore", "dim", "Not imported")


@dataclass(frozen=True)
class Said:
    """What is said of one field; `taken` is None while it is undecided."""

    taken: Taken | None = None
    words: dict[str, str] | None = None
    form: str | None = None
    rounding: Rounding | None = None


class FieldRow(QObject):
    """``changed`` comes with every step of the user in the row."""

    changed = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, field: Field, columns: FileColumns, model: SourceModel
    ) -> None:
        super().__init__()
        self.field = field
        self._columns = columns
        self._said = Said()
        self._found = LEFT_OUT
        self._loading = False
        self.candidates: tuple[str, ...] = ()
        self.name = ElidedLabel(field.label, font=theme.fonts.medium)
        self.box = SourceBox(theme, model)
        self.box.setObjectName(f"wizard:source:{field.name}")
        self.box.setAccessibleName(f"Where {field.label} comes from{', required' * field.required}")
        self.sign = IconLabel(theme, icons, "resolved", "ok", ICON_SMALL)
        self.how = ElidedLabel(font=theme.fonts.small)
        self.box.currentIndexChanged.connect(self._chosen)

    def load(self, said: Said, found: How, candidates: tuple[str, ...] = ()) -> None:
        """Shows what is said of the field, and how that was found. `candidates` are columns between which
        somebody has to choose."""
        self._loading = True
        self._said, self._found, self.candidates = said, found, candidates
        self.box.choose(None if said.taken is None else source_of(said.taken))
        self._loading = False

    def taken(self) -> Taken | None:
        """Where the value comes from, None while undecided. Raises KnownError where that cannot be."""
        source = self.box.source
        if source is None or isinstance(source, str):
            return source
        return "" if source is Way.LEFT_OUT else self._said.taken

    def said(self) -> Said:
        """All that is said of the field. Raises KnownError where something cannot be."""
        return Said(self.taken(), self._said.words, self._said.form, self._said.rounding)

    def judge(self, taken: Taken | None, wrong: str) -> None:
        """Says how the choice came about, or what is wrong with it."""
        if wrong:
            how = How("high", "HIGH", wrong)
        elif taken == "":
            how = LEFT_OUT
        elif taken == self._said.taken:
            how = self._found
        else:
            how = BY_YOU
        self.sign.set_icon(how.icon, how.role)
        self.how.setText(how.text)
        set_property(self.how, "tone", "text" if wrong or how.role == "MEDIUM" else "dim")
        set_property(self.box, "invalid", "true" if wrong else "false")
        self.box.setAccessibleDescription(how.text)

    def gone(self, taken: Taken | None) -> str:
        """A column that the value is made of and the file does not have, "" where there is none."""
        names = () if taken is None else columns_of(taken)
        return next((name for name in names if name not in self._columns), "")

    def _chosen(self) -> None:
        if not self._loading:
            self.changed.emit()
