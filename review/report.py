"""The verdict on one stack, and the comment that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from review.comment import assembled, folded, quoted, tag
from review.comparison import Comparison, compare
from review.dangers import step_findings
from review.diff import diff_blocks
from review.exposure import plan_findings
from review.finding import Finding, Level, worst_first
from review.markdown import code, indented, plain
from review.masking import Masks
from review.plan_summary import PlanSummary
from review.policed import policy_findings
from review.preview import Preview
from review.sections import Section, cost_section, counts, endpoint_section, findings_section, fit_section

Verdict = Literal["no changes", "safe", "needs a look", "dangerous", "failed"]
SENTENCES: dict[Verdict, str] = {
    "no changes": "Nothing changes.",
    "safe": "Nothing that runs is replaced, opened or let go of.",
    "needs a look": "Nothing is lost; read what follows before you say yes.",
    "dangerous": "Read what follows before you say yes.",
    "failed": "The preview failed, so what this change would do is not known.",
}
CODES: dict[Verdict, int] = {"no changes": 0, "safe": 2, "needs a look": 2, "dangerous": 3, "failed": 1}
"""How the verb ends; a danger that was approved counts as a change."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """`summary` is None where not even the plan could be made. `remarks` tell how the preview came about."""

    stack: str
    preview: Preview
    summary: PlanSummary | None
    base: PlanSummary | None
    remarks: Sequence[str] = ()
    approved: bool = False
    secrets: frozenset[str] = frozenset()

    @property
    def comparison(self) -> Comparison | None:
        return compare(self.base, self.summary) if self.summary else None

    def findings(self) -> list[Finding]:
        """Dangers first."""
        found = list(step_findings(self.preview.changes))
        found += policy_findings(self.preview, self.summary.public_names if self.summary else ())
        if comparison := self.comparison:
            found += plan_findings(comparison)
        return worst_first(found)

    def verdict(self, findings: Sequence[Finding]) -> Verdict:
        if self.preview.failures:
            return "failed"
        if any(one.level is Level.DANGER for one in findings):
            return "dangerous"
        if findings:
            return "needs a look"
        return "safe" if self.preview.changes else "no changes"

    def written(self) -> tuple[str, int]:
        """The comment, and the exit code that goes with it."""
        masks = Masks(self.preview.secrets | self.secrets)
        findings = self.findings()
        verdict = self.verdict(findings)
        sections = [
            _causes([masks.scrub(cause) for cause in self.preview.failures]),
            findings_section(findings, Level.DANGER, "Dangers", masks),
            findings_section(findings, Level.NOTICE, "To look at", masks),
            *self._plan_sections(),
            folded("Every change", diff_blocks(self.preview.changes, masks), len(self.preview.changes)),
        ]
        approved = verdict == "dangerous" and self.approved
        return assembled(self._head(verdict, approved, masks), sections, masks), 2 if approved else CODES[verdict]

    def _head(self, verdict: Verdict, approved: bool, masks: Masks) -> list[str]:
        sentence = "The dangers below were approved by a label." if approved else SENTENCES[verdict]
        lines = [tag(self.stack), f"## Preview of {code(self.stack)}: {verdict}", "", f"**{sentence}**"]
        if verdict != "failed":
            lines[-1] += f" {counts(self.preview.changes, self.preview.unchanged)}."
        return [*lines, *(line for remark in self.remarks for line in ("", plain(masks.scrub(remark))))]

    def _plan_sections(self) -> list[Section | None]:
        comparison = self.comparison
        if comparison is None or self.summary is None:
            return []
        return [cost_section(self.summary, comparison), fit_section(comparison), endpoint_section(comparison)]


def _causes(failures: Sequence[str]) -> Section | None:
    lines = [indented(line, 400) for cause in failures for line in cause.splitlines()]
    return quoted(lines) if lines else None
