"""Settings: the look, the copilot's key and model, and what happens after an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from opspilot_desktop.copilot.keychain import Where, is_plausible
from opspilot_desktop.copilot.models import MODELS
from opspilot_desktop.copilot.models import model as model_of
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Mode, Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.edges import hairline
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .choice import Choice
from .frame import DialogFrame

WIDTH = 560
_MODES: Sequence[tuple[Mode, str]] = (("system", "As the desktop"), ("light", "Light"), ("dark", "Dark"))
_KEPT: dict[Where | None, str] = {
    Where.KEYCHAIN: "A key is kept in the operating system's keychain.",
    Where.SESSION: "A key is kept until the program ends, because there is no keychain to keep it in.",
    Where.ENVIRONMENT: "A key comes from ANTHROPIC_API_KEY; one that is entered here takes its place.",
    None: "No key: the copilot explains offline. A key is kept in the operating system's keychain; where"
    " there is none, until the program ends.",
}


@dataclass(frozen=True)
class SettingsChoice:
    """What the user settled on."""

    mode: Mode
    model: str
    reconcile_after_import: bool


class SettingsDialog(DialogFrame):
    """``saved(SettingsChoice)`` comes with Save. The key has buttons of its own, which act at once:
    ``keyEntered(key)`` and ``keyForgotten``; tell how that went with ``set_key_state``."""

    saved = Signal(object)
    keyEntered = Signal(str)
    keyForgotten = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        mode: Mode,
        model: str,
        reconcile_after_import: bool,
        where: Where | None,
        parent: QWidget | None = None,
    ) -> None:
        """`model` is a model's id, "" for the default; `where` is where the key in force comes from."""
        super().__init__(theme, icons, "Settings", primary="Save settings", width=WIDTH, parent=parent)
        self.setObjectName("settingsDialog")
        self.primary.setObjectName("settingsSave")
        self.cancel.setObjectName("settingsCancel")
        self.modes = {name: QRadioButton(label) for name, label in _MODES}
        self._mode_group = QButtonGroup(self)
        self.key = QLineEdit()
        self.save_key = text_button(icons, "Save key")
        self.forget_key = text_button(icons, "Forget key", kind="link")
        self.model = Choice()
        self.after_import = QCheckBox("Reconcile automatically after an import")
        self.key_field = Field(theme, icons, "Claude API key", self._key_row())
        self.key.setAccessibleName("Claude API key")
        self.kept = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self._fill(mode, model, reconcile_after_import)
        self._lay_out_body()
        self._connect_parts()
        self.set_key_state(where)
        self._check_key()
        self.set_first_focus(self.modes[mode])

    def set_key_state(self, where: Where | None, error: str = "") -> None:
        """Says where the key is now; with an `error`, only what went wrong, as nothing else changed."""
        self.key_field.set_error(error)
        if not error:
            self.kept.setText(_KEPT[where])
            self.forget_key.setEnabled(where in (Where.KEYCHAIN, Where.SESSION))
            self.key.clear()
        self.key.setEnabled(True)
        self._check_key()

    def submit(self) -> None:
        """Says what was chosen and closes."""
        mode = next(name for name, button in self.modes.items() if button.isChecked())
        self.saved.emit(SettingsChoice(mode, str(self.model.currentData()), self.after_import.isChecked()))
        self.accept()

    def _fill(self, mode: Mode, model: str, reconcile_after_import: bool) -> None:
        for name, button in self.modes.items():
            button.setObjectName(f"settingsTheme:{name}")
            self._mode_group.addButton(button)
        self.modes[mode].setChecked(True)
        for each in MODELS:
            self.model.addItem(each.label, each.id)
        self.model.setCurrentIndex(self.model.findData(model_of(model).id))
        self.after_import.setChecked(reconcile_after_import)
        parts: dict[str, QWidget] = {
            "settingsKey": self.key,
            "settingsSaveKey": self.save_key,
            "settingsForgetKey": self.forget_key,
            "settingsModel": self.model,
            "settingsAfterImport": self.after_import,
        }
        for part, widget in parts.items():
            widget.setObjectName(part)

    def _key_row(self) -> QWidget:
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("sk-ant-…")
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.key, 1)
        row.addWidget(self.save_key)
        row.addWidget(self.forget_key)
        return row_widget

    def _lay_out_body(self) -> None:
        fonts = self.theme.fonts
        self.body.addWidget(plain_label("Look", font=fonts.strong))
        looks = QHBoxLayout()
        looks.setSpacing(16)
        for button in self.modes.values():
            looks.addWidget(button)
        looks.addStretch(1)
        self.body.addLayout(looks)
        self.body.addWidget(hairline(flat=True))
        self.body.addWidget(plain_label("Copilot", font=fonts.strong))
        key = QVBoxLayout()
        key.setSpacing(4)
        key.addWidget(self.key_field)
        key.addWidget(self.kept)
        self.body.addLayout(key)
        self.body.addWidget(Field(self.theme, self.icons, "Model", self.model))
        self.body.addWidget(hairline(flat=True))
        self.body.addWidget(plain_label("Reconciling", font=fonts.strong))
        self.body.addWidget(self.after_import)
        hint = "Tolerances, statuses and everything else that is checked: Issues, Rules…"
        self.body.addWidget(plain_label(hint, tone="dim", font=fonts.small, wrap=True))

    def _connect_parts(self) -> None:
        self.key.textChanged.connect(self._check_key)
        self.save_key.clicked.connect(self._save_key)
        self.forget_key.clicked.connect(self.keyForgotten)

    def _check_key(self) -> None:
        self.save_key.setEnabled(is_plausible(self.key.text().strip()))

    def _save_key(self) -> None:
        # Off until it is known how that went: the keychain may ask the user first.
        self.save_key.setEnabled(False)
        self.key.setEnabled(False)
        self.keyEntered.emit(self.key.text().strip())
