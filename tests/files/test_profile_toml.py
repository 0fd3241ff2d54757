"""Profiles as TOML: what is written is read again, and what is wrong is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile_toml import load_profile


def test_a_mapping_of_columns_alone_is_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "broker.toml"
    path.write_text(
        '[columns]\ntrade_id = " Deal "\nstatus = ""\n[values.side]\nB = "BUY"\nS = "sell"\n'
        '[values.status]\nNEW = "pending"\n[numbers]\nround = true\n',
        encoding="utf-8",
    )
    assert load_profile(path, Kind.TRADES).mapping == Mapping(
        {"trade_id": "Deal", "status": ""},
        {"side": {"B": "BUY", "S": "sell"}, "status": {"NEW": "pending"}},
        rounded=True,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns\n", "The mapping m.toml is not valid TOML: "),
        ("\xff", "is not valid TOML"),
        ("columns = 1", "columns in the mapping m.toml must be a table, [columns]."),
        ('[column]\nprice = "x"', "The mapping m.toml has column, which means nothing for trades"),
        (
            '[columns]\nprise = "x"',
            "has columns.prise, which means nothing for trades; use one of: trade_id,",
        ),
        ('[columns]\ngross_amount = "x"', "has columns.gross_amount, which means nothing"),
        (
            "[columns]\nprice = 1",
            "columns.price in the mapping m.toml must be a column name in quotes, or a choice in braces.",
        ),
        ('[values.side]\nB = "BYE"', "values.side.B in the mapping m.toml must be BUY or SELL, in quotes."),
        ("[values.status]\nB = 1", "values.status.B in the mapping m.toml must be a word, in quotes."),
        ('[values.price]\nB = "1"', "has values.price, which means nothing"),
        ("[values]\nside = 1", "values.side in the mapping m.toml must be a table, [values.side]."),
        ("[numbers]\nround = 1", "round in the mapping m.toml must be true or false."),
    ],
)
def test_mapping_files_that_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(KnownError) as refused:
        load_profile(path, Kind.TRADES)
    assert said in refused.value.message


def test_a_ledger_has_no_values_to_map(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('[values.side]\nB = "BUY"\n')
    with pytest.raises(KnownError, match=r"values\.side, which means nothing for ledger; delete it"):
        load_profile(path, Kind.LEDGER)


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"none\.toml cannot be opened"):
        load_profile(tmp_path / "none.toml", Kind.TRADES)
