"""Source profiles on the command line, and files that are read by them without being asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opspilot_desktop import cli
from tests.helpers.importing import Importer

FOLDER = Path(__file__).parent / "fixtures" / "profiles"
FILE = FOLDER / "interactive_brokers.csv"
PROFILE = FOLDER / "interactive_brokers.toml"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    return Importer(tmp_path, capsys)


def run(desk: Importer, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = cli.main(["--db", desk.target, *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_profiles_are_kept_listed_exported_and_removed(
    desk: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(desk, capsys, "profiles", "import", str(PROFILE)) == (
        0,
        "The profile Interactive Brokers is kept.\n",
        "",
    )
    status, out, _ = run(desk, capsys, "profiles", "--json")
    (one,) = json.loads(out)
    assert (status, one["name"], one["kind"], one["version"]) == (0, "Interactive Brokers", "trades", 1)
    assert one["header"][0] == "Buy/Sell"
    assert run(desk, capsys, "profiles")[1].startswith("Interactive Brokers  trades  version 1, saved by ")
    copy = desk.folder / "copy.toml"
    assert run(desk, capsys, "profiles", "export", "Interactive Brokers", str(copy))[0] == 0
    assert copy.read_text(encoding="utf-8") == PROFILE.read_text(encoding="utf-8")
    assert run(desk, capsys, "profiles", "remove", "Interactive Brokers")[0] == 0
    assert run(desk, capsys, "profiles") == (0, "", "")
    status, out, err = run(desk, capsys, "profiles", "remove", "Interactive Brokers")
    assert (status, out) == (1, "")
    assert err == "There is no profile “Interactive Brokers” in this workspace; none is saved here yet.\n"


def test_a_file_is_read_by_its_profile_without_being_asked(
    desk: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = desk.run(FILE)
    assert (refused.status, refused.json["refused"]) == (1, True)
    assert "[columns]\ntrade_id = { join = [" in refused.json["proposal"]
    assert refused.json["proposal"].endswith("are no trades: skip them?\n")
    assert not Path(desk.target).exists()
    run(desk, capsys, "profiles", "import", str(PROFILE))
    checked = desk.run(FILE, "--check")
    assert (checked.status, checked.json["imported"]) == (0, 30)
    told = desk.run(FILE)
    assert (told.status, told.json["imported"]) == (0, 30)
    assert told.json["warnings"][0] == "Read by the profile Interactive Brokers."
    assert "by the profile Interactive Brokers: 30 imported" in run(desk, capsys, "imports")[1]
    assert json.loads(run(desk, capsys, "imports", "--json")[1])[0]["profile"] == "Interactive Brokers"


def test_a_profile_is_named(desk: Importer, capsys: pytest.CaptureFixture[str]) -> None:
    run(desk, capsys, "profiles", "import", str(PROFILE))
    told = desk.run(FILE, "--mapping", "Interactive Brokers")
    assert (told.status, told.json["imported"]) == (0, 30)
    said = desk.run(FILE, "--mapping", "Interactive Brokers", kind="ledger")
    assert said.json["message"].startswith("The profile “Interactive Brokers” is for trades, not for ledger")


def test_two_profiles_for_one_header_are_put_to_the_person(
    desk: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    other = desk.write(PROFILE.read_bytes().replace(b'name = "I', b'name = "Other I'), "other.toml")
    for profile in (PROFILE, other):
        run(desk, capsys, "profiles", "import", str(profile))
    assert desk.refused(FILE) == (
        "interactive_brokers.csv fits the profiles “Interactive Brokers” and “Other Interactive Brokers”;"
        " choose one (--mapping NAME)."
    )


def test_a_contradiction_is_a_row_error_of_the_files_own_column(desk: Importer) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    first = lines[1].split(",")
    lines[1] = ",".join(['"SELL"' if first[0] == '"BUY"' else '"BUY"', *first[1:]])
    told = desk.rows_refused("\n".join(lines), "--mapping", str(PROFILE))
    assert (told.rejected[0][:2], told.reasons) == (
        (2, "Quantity"),
        ["The sign says BUY, the side says SELL"],
    )


def test_a_quantity_in_a_workbook_is_read_by_a_profile_too(desk: Importer) -> None:
    from tests.helpers.workbooks import xlsx

    rows: list[list[object]] = [
        ["Title", None, None, None, None, None],
        ["Ref", "ISIN", "B/S", "Qty", "Px", "Day"],
        ["text", "text", "text", "number", "number", "date"],
        ["T1", "X", "S", -5, "1.234,5", "03.04.2026"],
        ["T2", "X", "B", "1.234", 1.234, "03.04.2026"],
    ]
    path = xlsx(desk.folder / "book.xlsx", rows)  # type: ignore[arg-type]
    profile = desk.write(
        '[file]\ndelimiter = ";"\nheader_row = 2\nfirst_row = 4\n[columns]\n'
        'trade_id = "Ref"\ninstrument = "ISIN"\nside = "B/S"\n'
        'quantity = { unsigned = "Qty" }\nprice = "Px"\ntrade_date = "Day"\n[values.side]\nB = "BUY"\n'
        'S = "SELL"\n[numbers]\ndecimal = ","\nthousands = "."\n[dates]\ntrade_date = "DD.MM.YYYY"\n',
        "book.toml",
    )
    told = desk.run(path, "--mapping", str(profile))
    assert told.json["rejected"] == []
    stored = [(each["side"], each["quantity"], each["price"], each["trade_date"]) for each in desk.stored()]
    assert stored == [("SELL", "5", "1234.5", "2026-04-03"), ("BUY", "1234", "1.234", "2026-04-03")]
