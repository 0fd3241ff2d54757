"""The one style sheet. Widgets ask for a variant by a dynamic property, never by a sheet of their own.

Properties it knows: ``kind`` on buttons ("primary", "link", "quiet"), ``invalid`` ("true") on inputs,
``tone`` on labels ("dim", "faint", "link", "warn", "ok", "bad", or a severity or status), ``ground`` on
frames ("bg", "surface", "alt", "sunken", "raised", "card"). After changing one at run time call
``set_property``.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from string import Template

from PySide6.QtWidgets import QWidget

from . import measures
from .roles import Roles

IMAGES: dict[str, tuple[str, str]] = {
    "arrow-down": ("chevron-down", "dim"),
    "arrow-down-off": ("chevron-down", "control"),
    "arrow-up": ("chevron-up", "dim"),
    "arrow-right": ("chevron-right", "dim"),
    "tick": ("check", "on_accent"),
    "tick-menu": ("check", "dim"),
    "dash": ("dash", "on_accent"),
    "dot": ("dot", "on_accent"),
    "grip": ("grip", "control"),
}
"""The images the sheet needs, as image: (icon, colour role). A sheet can only name files, so each theme
has its own under ``resources/themes``, made by ``write_images``."""

_SHEET = Template("""
QMainWindow, QDialog { background: $surface; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QDockWidget { border: 0; }
QSizeGrip { image: url("$images/grip.svg"); width: 14px; height: 14px; }
QScrollArea, QAbstractScrollArea[ground="clear"] { background: transparent; border: 0; }

QFrame[ground="bg"] { background: $bg; border: 0; }
QFrame[ground="surface"] { background: $surface; border: 0; }
QFrame[ground="alt"] { background: $alt; border: 0; }
QFrame[ground="sunken"] { background: $sunken; border: 0; border-radius: ${radius}px; }
QFrame[ground="raised"] { background: $raised; border: 1px solid $edge; border-radius: ${radius_card}px; }
QFrame[ground="card"] { background: $surface; border: 1px solid $line; border-radius: ${radius_card}px; }
QFrame[ground="panel"] { background: $alt; border: 1px solid $line; border-radius: ${radius_card}px; }
QFrame[ground="box"] { background: $surface; border: 1px solid $line; }
QFrame[ground="line"] { background: $line; border: 0; }
QFrame[ground="foot"] { background: $alt; border: 0; border-top: 1px solid $line; }

QLabel { background: transparent; }
$tones
QLabel:disabled { color: $control; }

QMenuBar { background: $surface; border: 0; padding: 0 9px; spacing: 0;
  min-height: ${menu_bar_inner}px; max-height: ${menu_bar}px; }
QMenuBar::item { background: transparent; padding: 4px 12px; border-radius: ${radius_item}px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $sel; }
QMenu { background: $raised; border: 1px solid $edge; border-radius: ${radius_menu}px; padding: 5px; }
QMenu::item { padding: 4px 22px 4px 8px; min-height: 16px; border: 0; border-radius: ${radius_item}px; }
QMenu::item:selected { background: $sel; color: $text; }
QMenu::item:disabled { background: transparent; color: $control; }
QMenu::icon { padding-left: 6px; }
QMenu::separator { height: 1px; background: $line; margin: 5px 7px; }
QMenu::indicator { width: 16px; height: 16px; padding-left: 6px; }
QMenu::indicator:checked { image: url("$images/tick-menu.svg"); }
QMenu::right-arrow { image: url("$images/arrow-right.svg"); width: 14px; height: 14px; }
QToolTip { background: $raised; color: $text; border: 1px solid $edge; padding: 3px 6px; }

QToolBar { background: $surface; border: 0; border-bottom: 1px solid $line; padding: ${tool_bar_padding}px;
  spacing: 4px; min-height: ${control_height}px; }
QToolBar::separator { background: $line; width: 1px; margin: 5px 8px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius}px;
  padding: 0 10px; min-height: ${inner}px; max-height: ${inner}px; color: $text; }
QToolButton:hover { background: $row_hover; }
QToolButton:pressed, QToolButton:open { background: $sunken; }
QToolButton:checked { background: $sel; }
QToolButton:disabled { color: $control; }
QToolButton:focus { border: 2px solid $focus; padding: 0 9px; min-height: ${inner_focus}px;
  max-height: ${inner_focus}px; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="2"] { padding-right: 24px; }
QToolButton[popupMode="2"]:focus { padding-right: 23px; }
QToolButton[popupMode="2"]::menu-indicator { image: url("$images/arrow-down.svg"); width: 14px; height: 14px;
  subcontrol-origin: border; subcontrol-position: right center; right: 7px; }
QToolButton[kind="quiet"] { padding: 0 5px; min-width: 16px; }
QToolButton[kind="quiet"]:focus { padding: 0 4px; }

QPushButton { background: $surface; color: $text; border: 1px solid $edge; border-radius: ${radius}px;
  padding: 0 12px; min-height: ${inner}px; }
QPushButton:hover { background: $row_hover; }
QPushButton:pressed, QPushButton:checked { background: $sunken; }
QPushButton:disabled { background: $surface; color: $control; border-color: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 0 11px; min-height: ${inner_focus}px; }
QPushButton::menu-indicator { image: url("$images/arrow-down.svg"); width: 14px; height: 14px;
  subcontrol-position: right center; right: 7px; }
$primary { background: $accent; color: $on_accent; border: 1px solid $accent; }
$primary_hover { background: $accent_hover; border-color: $accent_hover; }
$primary_disabled { background: $sunken; color: $control; border: 1px solid $line; }
$primary_focus { background: $accent; color: $on_accent; border: 2px solid $focus; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $link;
  padding: 0 8px; }
QPushButton[kind="link"]:hover { background: $row_hover; }
QPushButton[kind="link"]:pressed { background: $sunken; }
QPushButton[kind="link"]:disabled { background: transparent; color: $control; }
QPushButton[kind="link"]:focus { border: 2px solid $focus; padding: 0 7px; }
QPushButton[size="small"] { min-height: 20px; padding: 0 6px; }
QPushButton[size="small"]:focus { min-height: 18px; padding: 0 5px; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: $row_hover; }
QPushButton[kind="quiet"]:pressed, QPushButton[kind="quiet"]:checked { background: $sunken; }
QPushButton[kind="quiet"]:focus { border: 2px solid $focus; padding: 0 7px; }
QPushButton[kind="search"] { border: 1px solid $control; color: $dim; text-align: left; padding: 0 11px; }
QPushButton[kind="search"]:hover { background: $row_hover; }
QPushButton[kind="search"]:focus { border: 2px solid $focus; padding: 0 10px; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox { background: $surface; color: $text;
  border: 1px solid $control; border-radius: ${radius}px; selection-background-color: $sel;
  selection-color: $text; }
QLineEdit { padding: 0 7px; min-height: ${inner}px; }
QLineEdit:focus { border: 2px solid $focus; padding: 0 6px; min-height: ${inner_focus}px; }
QLineEdit > QToolButton { border: 0; padding: 0; background: transparent; min-width: 16px;
  min-height: 16px; max-height: 16px; }
QPlainTextEdit, QTextEdit { padding: 4px 5px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $focus; padding: 3px 4px; }
QTextBrowser, QTextBrowser:focus { background: transparent; border: 0; padding: 0; }
QAbstractSpinBox { padding: 0 4px 0 7px; min-height: ${inner}px; max-height: ${inner}px; }
QAbstractSpinBox:focus { border: 2px solid $focus; padding: 0 3px 0 6px; min-height: ${inner_focus}px;
  max-height: ${inner_focus}px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit, QComboBox QLineEdit:focus {
  border: 0; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: padding; border: 0;
  background: transparent; width: 20px; height: 12px; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url("$images/arrow-up.svg"); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url("$images/arrow-down.svg"); width: 12px; height: 12px; }
QComboBox { padding: 0 26px 0 8px; min-height: ${inner}px; }
QComboBox:hover, QLineEdit:hover { border-color: $dim; }
QComboBox:focus, QComboBox:on { border: 2px solid $focus; padding: 0 25px 0 7px;
  min-height: ${inner_focus}px; }
QComboBox::drop-down { border: 0; background: transparent; subcontrol-origin: border;
  subcontrol-position: center right; width: 26px; }
QComboBox::down-arrow { image: url("$images/arrow-down.svg"); width: 14px; height: 14px; }
QComboBox::down-arrow:disabled { image: url("$images/arrow-down-off.svg"); }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $edge; padding: 4px;
  outline: 0; }
QComboBox QAbstractItemView::item { min-height: ${menu_item}px; padding: 0 6px; border: 0; }
QComboBox QAbstractItemView::item:selected { background: $sel; color: $text; }
QLineEdit:read-only { background: $alt; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QAbstractSpinBox:disabled,
QComboBox:disabled { background: $alt; color: $control; border-color: $edge; }
QLineEdit[invalid="true"] { border: 2px solid $bad; padding: 0 6px; min-height: ${inner_focus}px; }
QPlainTextEdit[invalid="true"], QTextEdit[invalid="true"] { border: 2px solid $bad; padding: 3px 4px; }
QAbstractSpinBox[invalid="true"] { border: 2px solid $bad; padding: 0 3px 0 6px;
  min-height: ${inner_focus}px; }
QComboBox[invalid="true"] { border: 2px solid $bad; padding: 0 25px 0 7px; min-height: ${inner_focus}px; }
QLineEdit[invalid="true"]:focus, QPlainTextEdit[invalid="true"]:focus, QTextEdit[invalid="true"]:focus,
QAbstractSpinBox[invalid="true"]:focus, QComboBox[invalid="true"]:focus { border-color: $focus; }
QLineEdit[kind="plain"], QLineEdit[kind="plain"]:focus, QPlainTextEdit[kind="plain"],
QPlainTextEdit[kind="plain"]:focus { border: 0; padding: 0; background: transparent; }

QCheckBox, QRadioButton { background: transparent; color: $text; border: 2px solid transparent;
  border-radius: ${radius}px; padding: 2px 4px 2px 2px; spacing: 8px; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox:disabled, QRadioButton:disabled { color: $control; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control;
  background: $surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $dim; }
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate, QRadioButton::indicator:checked {
  background: $accent; border-color: $accent; }
QCheckBox::indicator:checked { image: url("$images/tick.svg"); }
QCheckBox::indicator:indeterminate { image: url("$images/dash.svg"); }
QRadioButton::indicator:checked { image: url("$images/dot.svg"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $alt; border-color: $edge; }
QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled { background: $control;
  border-color: $control; }

QAbstractItemView { background: $surface; border: 0; outline: 0; }
QTableView::item { padding: 0 5px; border: 0; }
QListView::item { border: 0; }
QHeaderView { background: $alt; border: 0; }
QTableCornerButton::section { background: $alt; border: 0; }
QTabWidget::pane { border: 0; }
QTabBar { background: transparent; border: 0; }

QScrollBar:vertical { background: transparent; border: 0; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; border: 0; height: 11px; margin: 0; }
QScrollBar::handle { background: $scroll; border: 0; border-radius: 3px; }
QScrollBar::handle:vertical { margin: 3px; min-height: 32px; }
QScrollBar::handle:horizontal { margin: 3px; min-width: 32px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; background: transparent; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }

QProgressBar { background: $track; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $surface; border: 0; border-top: 1px solid $line;
  min-height: ${status_bar_inner}px; }
QStatusBar::item { border: 0; }
""")

_TONES = ("text", "dim", "faint", "link", "warn", "ok", "bad", "on_accent")
_PRIMARY = ('QPushButton[kind="primary"]', 'QToolButton[kind="primary"]')


def build_style_sheet(roles: Roles, images: Path, *, round_menus: bool = True) -> str:
    """The sheet for these colours; ``images`` is the folder with the theme's own images."""
    values = {field.name: str(getattr(roles, field.name)) for field in fields(roles)}
    tones = [(tone, roles.hex(tone)) for tone in _TONES]
    tones += [(key, tint.text) for key, tint in roles.tints.items()]

    def primary(*states: str) -> str:
        return ", ".join(f"{button}{state}" for button in _PRIMARY for state in states)

    return _SHEET.substitute(
        values,
        images=images.as_posix(),
        tones="\n".join(f'QLabel[tone="{tone}"] {{ color: {color}; }}' for tone, color in tones),
        primary=primary(""),
        primary_hover=primary(":hover", ":pressed"),
        primary_disabled=primary(":disabled"),
        primary_focus=primary(":focus"),
        radius=measures.RADIUS_CONTROL,
        radius_card=measures.RADIUS_CARD,
        radius_menu=measures.RADIUS_CARD if round_menus else 0,
        radius_item=measures.RADIUS_MENU_ITEM,
        menu_bar=measures.MENU_BAR,
        menu_item=measures.MENU_ITEM,
        menu_bar_inner=measures.MENU_BAR - 8,  # Qt adds the items' padding to the bar's min-height
        tool_bar_padding=(measures.TOOL_BAR - 1 - measures.CONTROL) // 2,
        control_height=measures.CONTROL,
        status_bar_inner=measures.STATUS_BAR - 1,
        inner=measures.CONTROL - 2,  # the border is outside of a sheet's min-height
        inner_focus=measures.CONTROL - 2 * measures.FOCUS_RING,
    )


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Sets a dynamic property and has the widget styled again; a sheet does not notice by itself."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.updateGeometry()
    widget.update()


def recolour(svg: str, color: str) -> str:
    """The SVG text with its one colour set."""
    return re.sub(r"\bcurrentColor\b", color, svg)


def build_images(roles: Roles, icons: Path) -> dict[str, str]:
    """The images of a theme, as file name: SVG text, made from the icons in the folder ``icons``."""
    return {
        f"{image}.svg": recolour((icons / f"{icon}.svg").read_text(encoding="utf-8"), roles.hex(role))
        for image, (icon, role) in IMAGES.items()
    }


def write_images(roles: Roles, resources: Path) -> None:
    """Writes the images of a theme under ``resources/themes``; to be run when icons or colours change."""
    folder = resources / "themes" / roles.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in build_images(roles, resources / "icons").items():
        (folder / name).write_text(svg, encoding="utf-8", newline="\n")
