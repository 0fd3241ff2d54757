from tests.ui.tables.conftest import *
from tests.ui.conftest import *
from opspilot_desktop.domain.fields import Kind
from tests.helpers.workspaces import add_issues, issue
def test_shot(open_panel, workspace, qtbot, runner):
    add_issues(workspace, [issue(1, assigned_to="j.meyer"), issue(2), issue(3, assigned_to="Bo")])
    p = open_panel(Kind.ISSUES); p.resize(960, 200); p.set_narrow(True); wait_idle(qtbot, runner)
    qtbot.wait(300); p.grab().save("/tmp/narrow.png")
