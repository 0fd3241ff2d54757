"""The sentence of a plug-in's issue: figures put in, and nothing that the data say is obeyed."""

from __future__ import annotations

import pytest

from opspilot_desktop.recon.explain import describe, explain
from opspilot_desktop.recon.templates import own_figures, sentence
from tests.helpers.situations import detail


@pytest.mark.parametrize(
    ("says", "figures", "told"),
    [
        ("It is {a}.", {"a": "1234567.5"}, "It is 1234567.5."),
        ("It is {a:,}.", {"a": "-1234567.5"}, "It is −1,234,567.5."),
        ("It is {a:,}.", {"a": 1234567}, "It is 1,234,567."),
        ("It is {a}.", {"a": "007"}, "It is 007."),
        ("It is {a:,}.", {"a": "no number"}, "It is no number."),
        ("It is {a} and {b}.", {"a": None}, "It is – and –."),
        ("It is {a}.", {"a": "{b}", "b": "wrong"}, "It is {b}."),
        ("It is {a.__class__} {0} {} {{a}} {a!r}.", {"a": "x"}, "It is {a.__class__} {0} {} {x} {a!r}."),
        ("It is {a}.", {"a": "x\ny\u202ez"}, "It is x␊y⟨U+202E⟩z."),
    ],
)
def test_the_sentence(says: str, figures: dict[str, object], told: str) -> None:
    assert sentence({**figures, "says": says}) == told
    assert describe("SOME_TYPE", {**figures, "says": says}) == told


def test_an_issue_without_a_sentence_is_still_named() -> None:
    assert sentence({"a": 1}) is None
    assert own_figures({"a": 1}) == []
    assert describe("SOME_TYPE", {"a": 1}) == "Some type."
    assert describe("SOME_TYPE", {"says": 5}) == "Some type."


def test_the_explanation_lists_the_figures_and_escapes_the_data() -> None:
    evidence = {"amount": "1000", "note": "**[x](http://e)**", "sum": "5", "says": "A {amount:,} of {note}."}
    told = explain(detail("SOME_TYPE", evidence))
    assert "A 1,000 of \\*\\*\\[x\\](http\\:/" in told
    assert "- Amount: **1,000**" in told
    assert "- Note: **\\*\\*\\[x\\]" in told
    assert "have changed since" not in told  # `sum` is a figure of the plug-in's own
