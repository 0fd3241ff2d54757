"""Rules: which are on, how they are set, and what the next run would do by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.operations.rules import Choices, RulesNow, RulesPreview, SavedMeanwhile
from opspilot_desktop.recon.advice import Advice
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.recon.rule_typing import as_typed
from opspilot_desktop.recon.wording import count
from opspilot_desktop.store.rule_versions import RuleVersion
from opspilot_desktop.ui.dialogs.frame import DialogFrame
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.edges import hairline

from .pages import Pages
from .preview_pane import PreviewPane
from .rule_list import FOR_ALL, RuleList
from .setting_input import SettingInput

WIDTH, HEIGHT, LEAST_BODY = 1200, 700, 300
SETTLE_MS = 300
_FACT = "What a run checks in this workspace. Nothing changes before it is saved."
_DISCARD = "What you changed here has not been saved."
_INVALID = "Mend what is marked to see what the next run would do."


class RulesDialog(DialogFrame):
    """``previewWanted(settings)`` comes when typing pauses, ``saveWanted(settings, base)`` with Save, where
    `base` is the version that the person has seen; ``versionsWanted`` asks for earlier versions.

    Whoever saves calls `accept`, or `refuse` with what somebody else saved meanwhile, or `stop_waiting`.
    """

    previewWanted = Signal(object)
    saveWanted = Signal(object, object)
    versionsWanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, now: RulesNow, *, parent: QWidget | None = None) -> None:
        super().__init__(
            theme, icons, "Rules", _FACT, primary="Save rules", width=WIDTH, resizable=True, parent=parent
        )
        self.setObjectName("rulesDialog")
        self.primary.setObjectName("rulesSave")
        self.cancel.setObjectName("rulesCancel")
        self.rules = RuleList(theme, icons, now.rules)
        self.pages = Pages(theme, icons, now.rules)
        self.preview = PreviewPane(theme, icons)
        self.banner = Banner(theme, icons, "warn", wrap=True)
        self.banner.setObjectName("rulesBanner")
        self.versions = self.add_side_action("Earlier versions…")
        self.versions.setObjectName("rulesVersions")
        self._now = now
        self._other: RuleVersion | None = None
        self._waiting = False
        self._focus_before: QWidget | None = None
        self._may_go = False
        self._loading = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self._choices: Choices | None = None
        self._more = QTimer(self)  # with each turn of the event loop another page is made
        self._more.timeout.connect(self._make_page)
        self._connect_parts()
        self._fill(now.settings)
        self._lay_out_body()
        self._clean = self.settings()
        self._check()
        self._more.start()
        self.set_first_focus(self.rules)

    # What is known meanwhile

    def set_choices(self, choices: Choices) -> None:
        """Offers what the data have to choose from."""
        self._choices = choices
        for each in self.pages.inputs.values():
            each.offer(choices)
        self._order_preview()

    def set_advice(self, advice: Mapping[str, Advice]) -> None:
        """Says which rules to switch on, and why."""
        self.rules.set_advice(advice)
        self.pages.set_advice(advice)

    def show_preview(self, preview: RulesPreview) -> None:
        """Shows what the next run would do by the settings that were asked about.

        Where something was typed since, the answer is of settings that are gone: the next one is shown.
        """
        if not self._settle.isActive():
            self.preview.show_preview(preview)
        version = preview.version
        if version is not None and version.number > _number(self._base) and self._other is None:
            self.refuse(SavedMeanwhile(version))

    def look_again(self) -> None:
        """Asks anew what the next run would do."""
        self._changed()

    # What is set

    def settings(self) -> RuleSettings | None:
        """The settings as typed; None, with a sentence at each input that cannot be so."""
        values, wrong = self._read()
        return None if wrong else replace(self._now.settings, **values)

    @property
    def is_changed(self) -> bool:
        """Whether anything is typed that would be lost."""
        settings = self.settings()
        return settings is None or settings != self._clean

    def load(self, settings: RuleSettings) -> None:
        """Shows these settings as if they had been typed."""
        self._fill(settings)
        self._changed()

    def submit(self) -> None:
        """Asks for the settings to be kept, and waits."""
        settings = self.settings()
        if settings is None or self._waiting or not self.primary.isEnabled():
            return
        self._waiting = True
        self._focus_before = self.focusWidget()
        self.setFocus()  # and not Cancel, on which a second Enter would cancel
        for part in (self.rules, self.pages):
            part.setEnabled(False)
        self.set_primary(enabled=False)
        self.set_reason("Being saved…")
        self.saveWanted.emit(settings, self._base)

    def stop_waiting(self) -> None:
        """It was not saved: everything is as it was typed."""
        self._waiting = False
        for part in (self.rules, self.pages):
            part.setEnabled(True)
        self._check()
        if self._focus_before is not None:
            self._focus_before.setFocus()
            self._focus_before = None

    def refuse(self, error: SavedMeanwhile) -> None:
        """Says what somebody else saved meanwhile; the person keeps what was typed, or loads the other."""
        self._other = error.version
        self.banner.clear_actions()
        self.banner.set_message(error.message)
        self.banner.add_action("Keep mine").clicked.connect(self._keep_mine)
        self.banner.add_action("Load theirs").clicked.connect(self._load_theirs)
        self.banner.show()
        self.stop_waiting()

    def height_for(self, width: int) -> int:
        """High enough for the longest page, where the window has room."""
        return max(super().height_for(width), HEIGHT)

    # Leaving

    def reject(self) -> None:
        """Closes; asks first where something would be lost."""
        if self._may_go or self._waiting or not self.is_changed:
            super().reject()
            return
        self.banner.clear_actions()
        self.banner.set_message(_DISCARD)
        self.banner.add_action("Keep editing").clicked.connect(self._stay)
        discard = self.banner.add_action("Discard changes")
        discard.setObjectName("rulesDiscard")
        discard.clicked.connect(self._go)
        self.banner.show()
        discard.setFocus(Qt.FocusReason.OtherFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window closes with everything in it; a person who closes the dialog is asked."""
        self._may_go = self._may_go or not event.spontaneous()
        super().closeEvent(event)

    def _go(self) -> None:
        self._may_go = True
        self.reject()

    def _stay(self) -> None:
        self.banner.hide()
        if self._other is not None:
            self.refuse(SavedMeanwhile(self._other))
        self.rules.setFocus(Qt.FocusReason.OtherFocusReason)

    # Parts

    @property
    def _base(self) -> RuleVersion | None:
        return self._now.version

    def _keep_mine(self) -> None:
        self._see(self._other)
        if self._other is not None:
            self._clean = as_typed(RuleSettings.from_json(self._other.value))
        self._forget_other()
        self._changed()

    def _load_theirs(self) -> None:
        if self._other is not None:
            self._see(self._other)
            self._fill(RuleSettings.from_json(self._other.value))
            self._clean = self.settings()
        self._forget_other()
        self._changed()

    def _see(self, version: RuleVersion | None) -> None:
        self._now = replace(self._now, version=version)

    def _forget_other(self) -> None:
        self._other = None
        self.banner.hide()

    def _fill(self, settings: RuleSettings) -> None:
        self._loading = True
        settings = as_typed(settings)
        for rule in self._now.rules:
            self.rules.switch(rule.name, on=settings.is_on(rule.name))
        for name, each in self.pages.inputs.items():
            each.set_value(getattr(settings, name))
        # What no input shows, such as the rules of a plug-in that is not there, is kept as it is.
        self._now = replace(self._now, settings=settings)
        self._loading = False

    def _read(self) -> tuple[dict[str, Any], list[str]]:
        """The values of the inputs, and the settings whose input is wrong."""
        values: dict[str, Any] = {}
        wrong = []
        for name, each in self.pages.inputs.items():
            try:
                values[name] = each.value()
            except KnownError:
                wrong.append(name)
        shown = {rule.name for rule in self._now.rules}
        on = {name for name in shown if self.rules.is_on(name)}
        values["enabled"] = frozenset(on | (self._now.settings.enabled - shown))
        return values, wrong

    def _changed(self) -> None:
        if self._loading:
            return
        if self._check():
            self.preview.wait()
            self._settle.start()
        else:
            self._settle.stop()
            self.preview.stop(_INVALID)

    def _check(self) -> bool:
        """Switches the primary button and marks the lines; whether the settings can be so."""
        values, wrong = self._read()
        self.rules.mark_wrong(frozenset(self.pages.page_of[name] for name in wrong))
        if wrong:
            self.set_primary(enabled=False, reason=_to_mend(len(wrong)))
            return False
        changed = replace(self._now.settings, **values) != self._clean
        self.set_primary(enabled=changed and not self._waiting)
        self.set_reason(self._version_text() + ("" if changed else " Nothing changed here yet."))
        return True

    def _version_text(self) -> str:
        version = self._base
        if version is None:
            return "The program's own settings."
        return f"Version {version.number}, {version.who}, {local_minute(version.at)}."

    def _ask(self) -> None:
        settings = self.settings()
        if settings is not None:
            self.previewWanted.emit(settings)

    def _make_page(self) -> None:
        if not self.pages.make_next():
            self._more.stop()
            self._order_preview()

    def _order_preview(self) -> None:
        """Lets Tab come to the preview after the pages, which stand before it and are made later."""
        last = self.versions.previousInFocusChain()
        while last is not None and not (last.focusPolicy() & Qt.FocusPolicy.TabFocus):
            last = last.previousInFocusChain()
        if last is not None and last is not self.preview.examples:
            QWidget.setTabOrder(last, self.preview.examples)

    def _take_inputs(self, made: Sequence[SettingInput]) -> None:
        """Inputs of a page that has just been made: they show what is set."""
        for each in made:
            each.set_value(getattr(self._now.settings, each.name))
            if self._choices is not None:
                each.offer(self._choices)
            each.changed.connect(self._changed)

    def _connect_parts(self) -> None:
        self.rules.switched.connect(self._changed)
        self.rules.chosen.connect(self.pages.show_page)
        self.versions.clicked.connect(self.versionsWanted)
        self.pages.made.connect(self._take_inputs)

    def _lay_out_body(self) -> None:
        self.banner.hide()
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rules)
        row.addWidget(hairline())
        row.addWidget(self.pages, 1)
        row.addWidget(hairline())
        row.addWidget(self.preview)
        self.pages.setMinimumHeight(LEAST_BODY)
        self.body.setContentsMargins(1, 14, 1, 0)  # within the dialog's edge
        self.body.setSpacing(0)
        self.body.addWidget(self.banner)
        self.body.addWidget(hairline(flat=True))
        self.body.addLayout(row, 1)
        self.pages.show_page(FOR_ALL)


def _to_mend(settings: int) -> str:
    return f"{count(settings, 'setting')} {'has' if settings == 1 else 'have'} to be mended"


def _number(version: RuleVersion | None) -> int:
    return 0 if version is None else version.number
