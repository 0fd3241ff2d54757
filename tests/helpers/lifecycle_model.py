"""What issues have to become, by the contract's words: a second, slow telling of recon.lifecycle and
store.issue_writes, for one issue at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.helpers.oracle import Finding, Identity

UNDER_WORK = ("open", "investigating")
ALLOWED = {
    "investigate": ("open",),
    "resolve": UNDER_WORK,
    "ignore": UNDER_WORK,
    "reopen": ("resolved", "ignored"),
    "assign": (*UNDER_WORK, "resolved", "ignored", "cleared"),
}


@dataclass(frozen=True)
class Issue:
    """An issue as far as people and runs change it."""

    material: object
    changed_by: str
    status: str = "open"
    gone: bool = False
    reason: str | None = None
    comment: str | None = None
    assigned_to: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """Something that a person did: of each issue what it changed, before and after."""

    before: Mapping[Identity, Mapping[str, Any]]
    after: Mapping[Identity, Mapping[str, Any]]

    def reversed(self) -> Done:
        """What undoing it does."""
        return Done(self.after, self.before)


@dataclass
class Lifecycle:
    """Every issue there has been, by its identity."""

    issues: dict[Identity, Issue] = field(default_factory=dict)

    def act(
        self, who: str, action: str, chosen: Sequence[Identity], values: Mapping[str, Any]
    ) -> Done | None:
        """A person's action on all of the issues; None where it is to be refused."""
        if any(self.issues[identity].status not in ALLOWED[action] for identity in chosen):
            return None
        before = {
            identity: {name: getattr(self.issues[identity], name) for name in values} for identity in chosen
        }
        done = Done(before, dict.fromkeys(chosen, values))
        self._give(who, done.after)
        return done

    def comment(self, chosen: Sequence[Identity], text: str) -> Done:
        """A comment on each of the issues; every text is used once."""
        done = Done({}, {identity: {"said": text} for identity in chosen})
        self._say(done)
        return done

    def undo(self, who: str, done: Done) -> Done | None:
        """Undoes what was done; None where it is to be refused."""
        if any("said" in values for values in [*done.before.values(), *done.after.values()]):
            told = [(identity, values["said"]) for identity, values in done.after.items()]
            if any(text not in self.issues[identity].comments for identity, text in told):
                return None
            self._say(done.reversed())
            return done.reversed()
        for identity, values in done.after.items():
            issue = self.issues[identity]
            if issue.changed_by != who or any(
                getattr(issue, name) != value for name, value in values.items()
            ):
                return None
        self._give(who, done.before)
        return done.reversed()

    def _give(self, who: str, given: Mapping[Identity, Mapping[str, Any]]) -> None:
        for identity, values in given.items():
            self.issues[identity] = replace(self.issues[identity], changed_by=who, **values)

    def _say(self, done: Done) -> None:
        for identity, values in done.before.items():
            issue = self.issues[identity]
            left = list(issue.comments)
            left.remove(values["said"])
            self.issues[identity] = replace(issue, comments=tuple(left))
        for identity, values in done.after.items():
            issue = self.issues[identity]
            self.issues[identity] = replace(issue, comments=(*issue.comments, values["said"]))

    def run(self, who: str, found: Mapping[Identity, Finding]) -> Counter[str]:
        """What a run makes of them that finds these; counts what it did, as its summary does."""
        counts: Counter[str] = Counter(opened=0, reopened=0, updated=0, cleared=0)
        for identity in found.keys() | self.issues.keys():
            before = self.issues.get(identity)
            if before is None:
                self.issues[identity] = Issue(found[identity].material, who)
                counts["opened"] += 1
                continue
            after = _after_run(before, found.get(identity))
            if after != before:
                self.issues[identity] = replace(after, changed_by=who)
                counts["cleared"] += after.status == "cleared"
                reopened = after.status == "open" and before.status not in UNDER_WORK
                counts["reopened"] += reopened
                counts["updated"] += after.material != before.material and not reopened
        return counts


def _after_run(issue: Issue, finding: Finding | None) -> Issue:
    """The contract's paragraph, sentence by sentence."""
    if finding is None:  # an issue the data no longer shows
        if issue.status in UNDER_WORK:
            return replace(issue, status="cleared", gone=True)
        return replace(issue, gone=True)
    shown = replace(issue, gone=False, material=finding.material)
    opened = replace(shown, status="open", reason=None, comment=None)
    changed = finding.material != issue.material
    if issue.status in UNDER_WORK:
        return shown
    if issue.status == "cleared":
        return opened
    if issue.status == "resolved":  # stays unless the evidence changed or it had been gone
        return opened if changed or issue.gone else shown
    return opened if changed else shown  # ignored stays if the evidence is the same
