from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.redaction import redact, trace, without_password

HOME = Path("/home/j.meyer")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("key sk-ant-api03-AbC_d-9 refused", "key sk-*** refused"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("{'x-api-key': 'abc123'}", "{'x-api-key': '***'}"),
        ("postgresql://desk:s3cret@db.bank:5432/ops", "postgresql://desk@db.bank:5432/ops"),
        ("postgresql://desk:p%40ss:w@db/ops down", "postgresql://desk@db/ops down"),
        ("postgresql://db/ops?password=s3cret&user=x", "postgresql://db/ops?user=x"),
        (
            "postgresql://db/ops?user=x&password=s3cret&sslmode=require",
            "postgresql://db/ops?user=x&sslmode=require",
        ),
        ("postgresql://db/ops?user=x&PASSWORD=s3cret", "postgresql://db/ops?user=x"),
        ("postgresql://db/ops?password=a&sslpassword=b&user=x", "postgresql://db/ops?user=x"),
        ("postgresql://db/ops?user=x&password=a&sslpassword=b", "postgresql://db/ops?user=x"),
        ("postgresql://db/ops?sslpassword=s3cret", "postgresql://db/ops"),
        ("which URL? postgresql://db/ops", "which URL? postgresql://db/ops"),
        ("host=db password=s3cret user=x", "host=db password=*** user=x"),
        ("/home/j.meyer/ops/a.csv", "~/ops/a.csv"),
        ("in '/home/j.meyer'", "in '~'"),
        ("/home/j.meyers/a", "/home/j.meyers/a"),
        ("/home/j.meyer-old/a", "/home/j.meyer-old/a"),
        ("boom [SQL: INSERT] [parameters: ('T-1', 5)]\n(see more)", "boom [SQL: INSERT] [parameters: ***]"),
        ("duplicate\nDETAIL:  Key (trade_id)=(T-1) exists.\nHINT: x", "duplicate\nDETAIL: ***\nHINT: x"),
        ("task-force risk-taking", "task-force risk-taking"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_redact(text: str, redacted: str) -> None:
    assert redact(text, HOME) == redacted


@pytest.mark.parametrize("path", [r"C:\Users\jm\a.csv", r"'C:\\Users\\jm\\a.csv'", "C:/Users/jm/a.csv"])
def test_redact_windows_home(path: str) -> None:
    assert "jm" not in redact(path, Path(r"C:\Users\jm"))
    assert "~" in redact(path, Path(r"C:\Users\jm"))


@pytest.mark.parametrize("target", ["/data/a:b@c.opspilot", r"C:\w\x.db", "postgresql://db/ops", "near.db"])
def test_a_target_without_password_is_unchanged(target: str) -> None:
    assert without_password(target) == target


def cause(secret: str) -> None:
    raise KeyError(secret)


def test_trace_names_types_and_places_but_no_values() -> None:
    try:
        try:
            cause("T-20481937")
        except KeyError as error:
            raise ValueError("bad row T-20481937") from error
    except ValueError as error:
        lines = list(trace(error))
    assert lines[0] == "KeyError"
    assert "ValueError" in lines[lines.index("which led to") :]
    assert any(line.endswith("in cause") and "test_redaction.py:" in line for line in lines)
    assert not any("T-2048" in line for line in lines)


def test_trace_leaves_out_what_was_set_aside() -> None:
    def hide() -> None:
        try:
            cause("x")
        except KeyError:
            raise ValueError("y") from None

    with pytest.raises(ValueError, match="y") as caught:
        hide()
    assert "KeyError" not in list(trace(caught.value))
