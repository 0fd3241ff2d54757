"""A row of the panel: a label, a box to choose from, how that was found, and what unfolds below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

from .editor import inputs_in


@dataclass(frozen=True)
class How:
    """How a choice came about: an icon with the role of its colour, words, and more words for the tooltip."""

    icon: str
    role: str
    text: str
    tip: str = ""


BY_PROFILE = How("resolved", "ok", "By the profile")
BY_YOU = How("resolved", "ok", "Chosen by you")
LEFT_OUT = How("ignore", "dim", "Not imported")


def wrong_how(sentence: str, text: str = "") -> How:
    """What is wrong with a choice; `text` is shorter words for it."""
    return How("high", "HIGH", text or sentence, sentence)


class PanelRow(QObject):
    """``changed`` comes with every step of the user in the row. The panel puts the parts into its grid."""

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, label: str, box: Choice) -> None:
        super().__init__()
        self.theme = theme
        self.icons = icons
        self.label = label
        self.name = ElidedLabel(label, font=theme.fonts.medium)
        self.box = box
        self.sign = IconLabel(theme, icons, "resolved", "ok", ICON_SMALL)
        self.how = ElidedLabel(font=theme.fonts.small)
        for widget in (box, self.how):  # they share the room, whatever stands in them
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chevron = icon_button(icons, "chevron-down", f"More about {label}")
        self.chevron.clicked.connect(lambda: self.unfold(not self.is_unfolded))
        self.below = QWidget()
        self.parts_below = QVBoxLayout(self.below)
        self.parts_below.setContentsMargins(0, 2, 0, 10)
        self.parts_below.setSpacing(8)
        self.below.hide()
        self.questions: list[QWidget] = []
        self.fold_box: QWidget | None = None
        self.loading = 0

    @property
    def is_unfolded(self) -> bool:
        """Whether what is below is shown."""
        return self.fold_box is not None and not self.fold_box.isHidden()

    def inputs(self) -> list[QWidget]:
        """Where Tab goes, in order."""
        return [self.box, self.chevron, *inputs_in(self.below)]

    def make_fold(self) -> QWidget:
        """What unfolds; made when it is first needed."""
        raise NotImplementedError

    def unfold(self, is_open: bool) -> None:
        """Unfolds or folds."""
        if is_open and self.fold_box is None:
            self.fold_box = self.make_fold()
            self.parts_below.addWidget(self.fold_box)
        if self.fold_box is not None:
            self.fold_box.setVisible(is_open)
        self.icons.bind(self.chevron, "chevron-up" if is_open else "chevron-down")
        self.chevron.setAccessibleName(f"{'Less' if is_open else 'More'} about {self.label}")
        self.chevron.setToolTip(self.chevron.accessibleName())
        self.suit_below()

    def drop_fold(self) -> None:
        """Forgets what was unfolded, to be made again."""
        if self.fold_box is not None:
            self.fold_box.blockSignals(True)  # it may still hear of columns until it is gone
            self.parts_below.removeWidget(self.fold_box)
            self.fold_box.hide()
            self.fold_box.deleteLater()
            self.fold_box = None
        self.unfold(False)

    def ask(self, question: QWidget) -> None:
        """Puts a question below the row."""
        self.parts_below.insertWidget(len(self.questions), question)
        self.questions.append(question)
        question.show()
        self.suit_below()

    def retract(self, question: QWidget) -> None:
        """Takes a question away."""
        self.questions.remove(question)
        self.parts_below.removeWidget(question)
        question.hide()
        question.deleteLater()
        self.suit_below()

    def suit_below(self) -> None:
        """Takes no room below for nothing."""
        self.below.setVisible(bool(self.questions) or self.is_unfolded)

    def tell(self, how: How) -> None:
        """Says how the choice came about, or what is wrong with it."""
        is_wrong = how.role == "HIGH"
        self.sign.set_icon(how.icon, how.role)
        self.how.setText(how.text)
        if how.tip:
            self.how.setToolTip(plain_tool_tip(how.tip))
        set_property(self.how, "tone", "text" if is_wrong or how.role == "MEDIUM" else "dim")
        set_property(self.box, "invalid", "true" if is_wrong else "false")
        self.box.setAccessibleDescription(how.text)
