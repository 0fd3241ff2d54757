"""The walk in docs/plugins.md, step by step as it stands there, from an empty folder to the window."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from opspilot_desktop import cli, paths
from opspilot_desktop.domain.fields import Kind
from tests.helpers.opening import open_window
from tests.helpers.window import settle

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
_BLOCK = re.compile(r"^```(?P<language>\w+)(?: file=(?P<file>[\w.]+))?\n(?P<text>.*?)^```$", re.M | re.S)

TRADES = """trade_id,instrument,side,quantity,price,currency,trade_date,counterparty,account
T1,ABC,BUY,100,12.5,EUR,2026-11-20,Nordea,4410
T2,ABC,BUY,100,12.5,EUR,2026-11-20,Nordea,
"""
LEDGER = """trade_id,amount,currency,value_date
T1,-1250.00,EUR,2026-11-19
T2,-1250.00,EUR,2026-11-20
"""


def do(line: str) -> None:
    """A line of a shell block, in this process."""
    command, *arguments = shlex.split(os.path.expandvars(line))
    if command == "mkdir":
        assert arguments == ["-p", str(paths.plugins())]
        paths.plugins().mkdir(parents=True)
    else:
        assert command == "opspilot-desktop"
        assert cli.main(arguments) == 0


def test_the_walk(tmp_path: Path, capsys: pytest.CaptureFixture[str], qtbot: QtBot) -> None:
    for kind, text in (("trades", TRADES), ("ledger", LEDGER)):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        assert cli.main(["import", kind, str(path)]) == 0
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            (paths.plugins() / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["language"] == "sh":
            for line in block["text"].splitlines():
                do(line)
    said = capsys.readouterr()
    assert "was made on 2026-11-20" in said.out
    assert "The entry of −1,250 EUR has value date 2026-11-19" in said.out
    assert "The trade of 1,250 EUR with Nordea names no account." in said.out
    assert "Rules in Python, which are slower" in said.err

    window = open_window(qtbot, str(paths.default_workspace()))
    table = window.tables[Kind.ISSUES]
    table.filter_bar.set_filter('type:"early entry"', ())
    settle(qtbot, window)
    assert table.position()[1] == 1
    table.view.select_row(0)
    settle(qtbot, window)
    assert window.issue_panel.difference.line.text().startswith("The entry of −1,250 EUR has value date")
    window.close()


def test_every_code_of_the_page_is_in_the_walk() -> None:
    blocks = list(_BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert [block["file"] for block in blocks if block["language"] == "python"] == [
        "early_entry.py",
        "no_account.py",
    ]
    assert {block["language"] for block in blocks} == {"python", "sh", "toml"}
