from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument, QTextFormat, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.panels.markdown_stream import MarkdownStream
from opspilot_desktop.ui.panels.markdown_view import MarkdownView
from opspilot_desktop.ui.theme import Theme
from tests.helpers.fake_claude import serving

Show = Callable[[str], MarkdownView]

LONG = """The ledger is **1,250.00 EUR** below the trade, and this line is long enough to be wrapped.

- [T-20481937](x) is worth 1,265,955.00 EUR
- LE-771203 and LE-771204 sum to −1,264,705.00 EUR
  - nested `code`

### Head

> quoted

```
code

more
```

| a | b |
|---|--:|
| 1 | 2 |

Last line."""


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> Iterator[QWidget]:
    page = QWidget()
    qtbot.addWidget(page)
    page.setLayout(QVBoxLayout())
    page.resize(360, 800)
    page.show()
    return page


def add(page: QWidget, theme: Theme, text: str, *, is_first: bool = True) -> MarkdownView:
    layout = page.layout()
    assert layout is not None
    view = MarkdownView(theme)
    layout.addWidget(view)
    view.show_markdown(text, is_first=is_first)
    QApplication.processEvents()
    return view


def test_html_is_shown_and_never_obeyed(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, "<b>bold</b> <script>x</script>\n\n<h1>head</h1>")
    assert view.toPlainText() == "<b>bold</b> <script>x</script>\n<h1>head</h1>"


def test_no_image_is_fetched(page: QWidget, theme: Theme, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(picture))
    with serving() as fake:  # fails on any GET
        text = f"![from the net]({fake.url}/x.png) ![from the disk](file://{picture}) ![too]({picture})"
        view = add(page, theme, text)
        assert view.toPlainText() == "[from the net] [from the disk] [too]"
        grabbed = view.grab().toImage()
    red = sum(
        grabbed.pixelColor(x, y) == QColor("red")
        for x in range(grabbed.width())
        for y in range(grabbed.height())
    )
    assert red == 0
    assert view.loadResource(QTextDocument.ResourceType.ImageResource.value, "x.png") is None


def test_it_is_as_high_as_its_text_at_every_width(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, LONG)
    heights = []
    for width in (520, 360, 220):
        page.resize(width, 800)
        QApplication.processEvents()
        assert view.height() == -(-int(view.document().size().height() * 100) // 100)
        assert view.verticalScrollBar().maximum() == 0
        assert view.horizontalScrollBar().maximum() == 0
        heights.append(view.height())
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_parts_are_as_high_as_the_whole(page: QWidget, theme: Theme) -> None:
    stream = MarkdownStream()
    stream.feed(LONG)
    assert stream.frozen
    whole = add(page, theme, LONG)
    frozen = add(page, theme, stream.frozen)
    tail = add(page, theme, stream.tail, is_first=False)
    assert frozen.height() + tail.height() == whole.height()


def test_headings_keep_the_texts_size(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, "# One\n\n### Three\n\ntext")
    block = view.document().begin()
    sizes = []
    while block.isValid():
        form = block.begin().fragment().charFormat()
        sizes.append(form.intProperty(QTextFormat.Property.FontSizeAdjustment))
        block = block.next()
    assert sizes == [0, 0, 0]


def test_the_wheel_is_left_to_the_conversation(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, LONG)
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    view.wheelEvent(event)
    assert not event.isAccepted()


def count(view: MarkdownView, color: str) -> int:
    image, wanted = view.grab().toImage(), QColor(color)
    return sum(image.pixelColor(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_the_mark_at_the_end_says_that_more_is_coming(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, "In both the")
    assert count(view, theme.roles.accent) == 0
    view.set_caret(True)
    assert count(view, theme.roles.accent) >= 20
    view.set_caret(False)
    assert count(view, theme.roles.accent) == 0


def test_another_theme_reaches_links_and_code(page: QWidget, theme: Theme) -> None:
    view = add(page, theme, "[T-1](x)\n\n```\ncode\n```")
    theme.set_mode("dark")
    view.refresh()
    html = view.document().toHtml()
    assert theme.roles.sunken.lower() in html
    assert theme.roles.link.lower() in html
