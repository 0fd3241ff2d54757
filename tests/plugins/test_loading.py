"""Finding plug-ins: what is looked at, and that one that cannot be loaded harms no other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from opspilot_desktop import paths
from opspilot_desktop.plugins.api import PythonRule
from opspilot_desktop.plugins.loading import Origin, Plugin, Plugins
from opspilot_desktop.recon import rules
from opspilot_desktop.recon.rulebook import make_rulebook
from opspilot_desktop.recon.rules import built_in
from tests.helpers.plugins import HEAD, put, put_python

NOTHING = "return None"


@pytest.fixture
def plugins() -> Plugins:
    return Plugins(paths.plugins(), rules)


def brought(plugins: Plugins) -> dict[str, Plugin]:
    """What was found besides the built-in rules, with what the rulebook says of it."""
    return {plugin.name: plugin for plugin in make_rulebook(plugins.found(), {}).plugins}


def problem(plugins: Plugins, name: str) -> str:
    return brought(plugins)[name].problem


def test_the_programs_own_rules_come_through_the_same_hook(plugins: Plugins) -> None:
    (own,) = plugins.found()
    assert own.origin is Origin.BUILT_IN
    book = make_rulebook(plugins.found(), {})
    assert [rule.issue_type for rule in book.rules] == [rule.issue_type for rule in built_in()]
    assert book.plugins == ()


def test_modules_and_packages_are_found_and_nothing_else(plugins: Plugins) -> None:
    put_python("one", NOTHING)
    put_python("_left", NOTHING)
    put_python(".hidden", NOTHING)
    (paths.plugins() / "notes.txt").write_text("No plug-in")
    (paths.plugins() / "empty").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(paths.plugins() / "pipe.py")  # reading it would wait for ever
    package = paths.plugins() / "two"
    package.mkdir()
    source = put_python("two_source", "from .inner import VALUE\nreturn None", rule="TWO")
    source.rename(package / "__init__.py")
    (package / "inner.py").write_text("VALUE = 1")
    found = brought(plugins)
    assert sorted(found) == ["one", "two"]
    assert [plugin.problem for plugin in found.values()] == ["", ""]
    assert not list(paths.plugins().glob("__pycache__"))


def test_neither_the_current_folder_nor_the_workspaces_is_looked_at(
    plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_python("one", NOTHING).rename(tmp_path / "one.py")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "one.py").rename(tmp_path / "plugins" / "one.py")
    monkeypatch.chdir(tmp_path)
    assert brought(plugins) == {}


def test_a_changed_file_is_loaded_again_and_no_other_is(plugins: Plugins) -> None:
    path = put_python("one", NOTHING)
    put_python("two", NOTHING)
    first = brought(plugins)
    assert plugins.found() is plugins.found()
    put_python("one", "return 1")  # of the same length as "return 2" below
    second = brought(plugins)
    os.utime(path, ns=(0, 0))
    put_python("one", "return 2")
    third = brought(plugins)
    assert len({found["one"].version for found in (first, second, third)}) == 3
    assert len({found["two"].version for found in (first, second, third)}) == 1
    (rule,) = third["one"].rules
    assert isinstance(rule, PythonRule)
    assert rule.check(None, ()) == 2  # type: ignore[arg-type]
    path.unlink()
    assert sorted(brought(plugins)) == ["two"]


PROBLEMS = {
    "syntax": ("def", "SyntaxError (line"),
    "import": ("import nowhere_at_all", "No module named 'nowhere_at_all'"),
    "raises": ("raise ValueError('x')", "ValueError in <module> (bad.py"),
    "exits": ("raise SystemExit", "SystemExit in <module>"),
    "no hook": ("RULES = []", "no function opspilot_rules marked with @hookimpl"),
    "other hook": ("@hookimpl\ndef opspilot_exporters(): return []", "no other hook"),
    "arguments": ("@hookimpl\ndef opspilot_rules(book): return []", "takes no arguments"),
    "hook raises": ("@hookimpl\ndef opspilot_rules(): return 1 / 0", "ZeroDivisionError in opspilot_rules"),
    "no list": ("@hookimpl\ndef opspilot_rules(): return None", "must return a list"),
    "no rules": ("@hookimpl\ndef opspilot_rules(): return [1]", "gave a int"),
}


@pytest.mark.parametrize("fault", PROBLEMS)
def test_a_plugin_that_cannot_be_loaded_says_why_and_the_others_are(plugins: Plugins, fault: str) -> None:
    source, reason = PROBLEMS[fault]
    put("bad", source)
    put_python("one", NOTHING)
    put_python("zed", NOTHING)
    assert reason in problem(plugins, "bad")
    assert [plugin.name for plugin in brought(plugins).values() if not plugin.problem] == ["one", "zed"]


RULES = {
    "lower case": ("name='round'", "is written like ROUND_AMOUNT"),
    "markup": ("name='<B>'", "is written like ROUND_AMOUNT"),
    "too long": ("name='A' * 41", "is written like ROUND_AMOUNT"),
    "severity": ("severity='LOW'", "none of Severity's"),
    "nothing said": ("says=' '", "needs a sentence"),
    "lines": ("says='a\\nb'", "needs a sentence"),
    "long speech": ("says='a' * 301", "longer than 300"),
    "material": ("material='gross'", "must be a tuple of names"),
    "no function": ("check=None", "must be a function that takes a trade and its entries"),
    "one argument": ("check=lambda trade: None", "must be a function that takes a trade and its entries"),
    "built in": ("name='AMOUNT_MISMATCH'", "is a rule of the program already"),
    "of another": ("name='ONE'", "is a rule of the plug-in one already"),
}


@pytest.mark.parametrize("fault", RULES)
def test_a_rule_that_cannot_be_used_is_refused(plugins: Plugins, fault: str) -> None:
    changed, reason = RULES[fault]
    put_python("one", NOTHING)
    put(
        "two",
        f"""
        good = dict(name="TWO", severity=Severity.LOW, says="So.", check=lambda trade, entries: None)

        @hookimpl
        def opspilot_rules():
            return [PythonRule(**(good | dict({changed})))]
        """,
    )
    assert reason in problem(plugins, "two")
    assert problem(plugins, "one") == ""


def test_two_rules_of_one_name(plugins: Plugins) -> None:
    path = put_python("one", NOTHING)
    path.write_text(path.read_text().replace("return [", "return 2 * ["))
    assert "two rules called ONE" in problem(plugins, "one")


def test_a_file_with_an_odd_name_is_not_run(plugins: Plugins, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    put("a b\u202e", f"open({str(mark)!r}, 'w')")
    assert "letters, digits and _" in problem(plugins, "a b\u202e")
    assert not mark.exists()


def test_another_distribution_brings_a_plugin_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = put_python("packaged_rules", NOTHING, rule="PACKAGED")
    source.rename(tmp_path / "packaged_rules.py")
    (tmp_path / "packaged_faulty.py").write_text(HEAD + "import nowhere_at_all")
    info = tmp_path / "house_rules-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-rules\nVersion: 1.2\n")
    points = "[opspilot]\nhouse = packaged_rules\nfaulty = packaged_faulty\nlost = not_there:rules\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)
    put_python("own", NOTHING)
    found = brought(Plugins(paths.plugins(), rules))
    assert [(plugin.name, plugin.where) for plugin in found.values()][:3] == [
        ("faulty", "house-rules 1.2"),
        ("house", "house-rules 1.2"),
        ("lost", "house-rules 1.2"),
    ]
    assert [name for name, plugin in found.items() if not plugin.problem] == ["house", "own"]
    assert found["house"].origin is Origin.PACKAGE
    sys.modules.pop("packaged_rules", None)


def test_of_two_plugins_with_one_name_the_first_is_used(plugins: Plugins) -> None:
    put_python("one", NOTHING)
    package = paths.plugins() / "one"
    package.mkdir()
    put_python("source", NOTHING, rule="OTHER").rename(package / "__init__.py")
    problems = [plugin.problem for plugin in plugins.found()[1:]]
    assert problems == ["", "another plug-in has the same name; rename one"]
