"""What a preview says of the policy: what the change breaks is a danger, what was broken before is for a look."""

from __future__ import annotations

from collections.abc import Iterator

from policy.rules import RULES, violations
from review.finding import Finding, danger, notice
from review.preview import Preview


def policy_findings(preview: Preview) -> Iterator[Finding]:
    """Nothing where nothing changes. Of a preview that shows changed resources only, no rule is asked that compares."""
    if not preview.changes:
        return
    rules = [rule for rule in RULES if preview.complete or not rule.together]
    found = violations(preview.after, rules=rules)
    known = {(one.rule, one.urn) for one in (violations(preview.before, rules=rules) if found else ())}
    for one in found:
        level = notice if (one.rule, one.urn) in known else danger
        yield level("policy broken", one.resource, f"{one.rule}: {one.message}")
