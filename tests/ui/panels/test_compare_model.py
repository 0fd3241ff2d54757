from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from opspilot_desktop.ui.panels.compare_model import MARK_ROLE, RAW_ROLE, CompareModel
from opspilot_desktop.ui.panels.comparison import Comparison, Mark, compare
from tests.helpers.situations import fee_with_wrong_sign


def test_it_keeps_the_rules_of_models(qapp: object) -> None:
    model = CompareModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert (model.rowCount(), model.columnCount()) == (0, 0)
    model.show_comparison(compare(fee_with_wrong_sign()))
    assert (model.columnCount(), tester.model()) == (4, model)
    model.show_comparison(Comparison((), ()))
    assert model.columnCount() == 0


def test_cells_are_read_copied_and_marked(qapp: object) -> None:
    model = CompareModel()
    model.show_comparison(compare(fee_with_wrong_sign()))
    headers = [model.headerData(section, Qt.Orientation.Horizontal) for section in range(4)]
    assert headers == ["Field", "Trade T-20481937", "Entry LE-771203", "Entry LE-771204"]
    amount = model.index(0, 2)
    assert amount.data() == "−1,265,330.00"
    assert amount.data(RAW_ROLE) == "-1265330"
    assert amount.data(MARK_ROLE) is Mark.DIFFERS
    assert amount.data(Qt.ItemDataRole.AccessibleTextRole) == "−1,265,330.00, differs"
    assert model.index(0, 0).data() == "Amount"
    assert model.index(0, 0).data(MARK_ROLE) is Mark.DIFFERS
    last = model.index(model.rowCount() - 1, 0)
    assert last.data(MARK_ROLE) is Mark.EQUAL
