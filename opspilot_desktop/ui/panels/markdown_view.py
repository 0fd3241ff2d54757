"""Shows Markdown from outside: no HTML, no images, no link that opens by itself; as high as its text."""

from __future__ import annotations

from math import ceil
from typing import Any

from PySide6.QtCore import QRect, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from opspilot_desktop.ui.theme import Theme

FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML

INDENT = 16
GAP = 6
GAP_HEADING = 10
GAP_ITEM = 2
LINE = 1.45
"""A line's height in sizes of the font."""
CARET = 3
QUOTE_MARGIN = 40
"""What Qt gives each level of a quotation."""


class MarkdownView(QTextBrowser):
    """One piece of Markdown. It has no scroll bars: it takes the height that its text needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._markdown = ""
        self._is_first = True
        self._has_caret = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        # The keyboard reaches the conversation as a whole, and an answer's text through its copy button.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.setFont(theme.fonts.base)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(INDENT)

    @property
    def markdown(self) -> str:
        """The text as it was given."""
        return self._markdown

    def show_markdown(self, text: str, *, is_first: bool = True) -> None:
        """Shows the text; `is_first` says that nothing stands above it, so that no gap is wanted."""
        self._markdown, self._is_first = text, is_first
        document = self.document()
        document.setDefaultFont(self._theme.fonts.base)
        document.setMarkdown(text, FEATURES)
        _dress(document, self._theme)
        # Qt gives the first block no gap above it.
        gap = 0 if is_first or not text.strip() else _gap(document.begin())
        self.setViewportMargins(0, gap, 0, 0)
        self._fit()

    def set_caret(self, shown: bool) -> None:
        """Shows a mark at the end of the text that says that more is coming."""
        self._has_caret = shown
        self.viewport().update()

    def refresh(self) -> None:
        """Takes on the theme's colours: links and grounds have kept those they were made with."""
        self.show_markdown(self._markdown, is_first=self._is_first)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing: no image is fetched, from the network or from this machine."""
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves scrolling to what this stands in."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the height to the new width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the text, and the mark at its end."""
        super().paintEvent(event)
        if not self._has_caret:
            return
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        place = self.cursorRect(end)
        mark = QRect(place.left() + 2, place.top() + 1, CARET, place.height() - 2)
        QPainter(self.viewport()).fillRect(mark, self._theme.color("accent"))

    def _fit(self) -> None:
        width = self.viewport().width()
        document = self.document()
        if document.textWidth() != width:
            document.setTextWidth(width)
        height = ceil(document.size().height()) + self.viewportMargins().top()
        if height != self.height():
            self.setFixedHeight(height)
        # The text must not scroll inside its own frame when its height lags behind.
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)


def _dress(document: QTextDocument, theme: Theme) -> None:
    """Gives every block its place and colours; Markdown knows neither."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.begin()
    previous: QTextBlock | None = None
    while block.isValid():
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(_block_format(block, previous, theme))
        for start, length, found in _spans(block):
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            _dress_span(cursor, found, block, theme)
        previous, block = block, block.next()
    cursor.endEditBlock()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame, theme)


def _spans(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """The block's stretches of one format, last first, so that changing one leaves the others in place."""
    found: list[tuple[int, int, QTextCharFormat]] = []
    spans = block.begin()
    while not spans.atEnd():
        fragment = spans.fragment()
        found.append((fragment.position(), fragment.length(), fragment.charFormat()))
        spans += 1
    return found[::-1]


def _dress_span(cursor: QTextCursor, found: QTextCharFormat, block: QTextBlock, theme: Theme) -> None:
    made = QTextCharFormat()
    if found.isImageFormat():
        # An image is never fetched; its words stand in its place.
        words = found.property(QTextFormat.Property.ImageAltText)
        cursor.insertText(f"[{str(words or 'image').strip()}]", made)
        return
    if block.blockFormat().headingLevel():
        # Headings stand out by weight alone: the column is narrow.
        made.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
        made.setFontWeight(QFont.Weight.DemiBold)
    if found.fontFixedPitch():
        made.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
        made.setBackground(theme.color("sunken"))
    if block.blockFormat().leftMargin():
        made.setForeground(theme.color("dim"))
    cursor.mergeCharFormat(made)


def _block_format(block: QTextBlock, previous: QTextBlock | None, theme: Theme) -> QTextBlockFormat:
    made = QTextBlockFormat()
    found = block.blockFormat()
    is_code = found.nonBreakableLines()
    made.setBottomMargin(0)
    in_table = QTextCursor(block).currentTable() is not None
    if not is_code and not in_table:
        line = round(theme.fonts.base.pixelSize() * LINE)
        made.setLineHeight(line, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    if in_table:
        made.setTopMargin(0)
    elif block.length() == 1 and not is_code:
        # Qt ends each table with an empty line.
        made.setTopMargin(0)
        made.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    elif (
        is_code
        and previous is not None
        and previous.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
    ):
        made.setTopMargin(0)
    elif block.textList() is not None and previous is not None and previous.textList() is not None:
        made.setTopMargin(GAP_ITEM)
    else:
        made.setTopMargin(_gap(block))
    if found.leftMargin():  # a quotation
        made.setLeftMargin(INDENT * found.leftMargin() / QUOTE_MARGIN)
        made.setRightMargin(0)
    if is_code:
        made.setBackground(theme.color("sunken"))
        made.setNonBreakableLines(False)  # long lines wrap, since nothing here scrolls sideways
    return made


def _gap(block: QTextBlock) -> int:
    return GAP_HEADING if block.blockFormat().headingLevel() else GAP


def _dress_table(table: QTextTable, theme: Theme) -> None:
    made = table.format()
    made.setBorder(1)
    made.setBorderBrush(QColor(theme.color("line")))
    made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    made.setBorderCollapse(True)
    made.setCellPadding(4)
    made.setCellSpacing(0)
    made.setTopMargin(GAP)
    made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(made)
