from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.panels.markdown_stream import MarkdownStream

ANSWER = """The ledger is **below**.

- one
- two

  still two

- three

Then:

```text
code

more code
```

1. a

2. b

| a | b |
|---|---|
| 1 | 2 |

End."""


def fed(*pieces: str) -> MarkdownStream:
    stream = MarkdownStream()
    for piece in pieces:
        stream.feed(piece)
    return stream


@given(st.lists(st.integers(0, len(ANSWER)), max_size=30))
def test_nothing_is_lost_and_what_is_frozen_only_grows(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(ANSWER)]
    stream, before = MarkdownStream(), ""
    for start, end in pairwise(places):
        stream.feed(ANSWER[start:end])
        assert stream.text == ANSWER[:end]
        assert stream.frozen.startswith(before)
        before = stream.frozen
    assert stream.frozen == fed(ANSWER).frozen


@given(st.text(alphabet="-*1. \n`ab", max_size=60))
def test_any_text_comes_out_whole(text: str) -> None:
    stream = fed(*text)
    assert stream.text == text
    assert text.startswith(stream.frozen)


def test_a_block_is_frozen_when_the_next_one_begins() -> None:
    stream = fed("One.\n\n")
    assert stream.frozen == ""
    stream.feed("T")
    assert (stream.frozen, stream.tail) == ("One.\n\n", "T")


def test_code_is_not_split_at_its_blank_lines() -> None:
    stream = fed("```\na\n\nb\n\nc")
    assert stream.frozen == ""
    stream.feed("\n```\n\nAfter")
    assert stream.frozen == "```\na\n\nb\n\nc\n```\n\n"


def test_a_fence_ends_only_with_its_own_mark() -> None:
    assert fed("````\n```\n\nx\n~~~~\n\ny").frozen == ""
    assert fed("````\n```\n````\n\nAfter").tail == "After"


def test_a_list_stays_together() -> None:
    assert fed("- a\n\n- b\n\n  still b\n\n").frozen == ""
    assert fed("1. a\n\n2").frozen == ""  # it may become "2."
    assert fed("- a\n\nText").frozen == "- a\n\n"
