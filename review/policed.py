"""What a preview says of the policy: what the change breaks is a danger, what was broken before is for a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy.rules import RULES, violations
from policy.violation import Allowed
from review.finding import Finding, danger, notice
from review.preview import Preview


def policy_findings(preview: Preview, public: Iterable[str] = ()) -> Iterator[Finding]:
    """Nothing where nothing changes. Of a preview that shows changed resources only, no rule is asked that compares.

    `public` are names that the plan gives to anybody: they need no login, but a limit.
    """
    if not preview.changes:
        return
    rules = [rule for rule in RULES if preview.complete or not rule.together]
    allowed = Allowed(names=frozenset(public))
    found = violations(preview.after, allowed, rules)
    known = {(one.rule, one.urn) for one in (violations(preview.before, allowed, rules) if found else ())}
    for one in found:
        level = notice if (one.rule, one.urn) in known else danger
        yield level("policy broken", one.resource, f"{one.rule}: {one.message}")
