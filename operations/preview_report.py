"""One Markdown comment on what a change would do to an environment: verdict, dangers, cost, fit, endpoints, changes.

Changes nothing. Without --preview it runs `pulumi preview` itself. scripts/comment puts the text under a pull request.

Exit codes: 0 nothing changes; 2 changes; 3 dangers that --approved has not agreed to; 1 the preview failed (the comment
says why) or bad usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from operations.failure import Failure
from operations.project import ROOT, require_stack
from operations.review.base import plan_of
from operations.review.previewed import Previewed, previewed, secrets_of_process
from operations.telling import Parser, telling
from planning.build import build
from review.markdown import clipped
from review.plan_summary import PlanSummary, read_summary, summary_of
from review.preview import Preview, read_preview
from review.report import Report
from settings.problem import SettingsError
from settings.stack_file import read
from toolchain.image_references import references


def main() -> int:
    options = arguments().parse_args()
    return telling(lambda: dump(options.stack) if options.dump_plan else report(options))


def arguments() -> argparse.ArgumentParser:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = Parser("scripts/preview-report", description=purpose, epilog=codes)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument(
        "--preview", type=Path, metavar="FILE", help="what `pulumi preview --json` has printed; - is standard input"
    )
    base = parser.add_mutually_exclusive_group()
    base.add_argument("--base", metavar="REV", help="git revision whose plan this one is compared with")
    base.add_argument("--base-plan", type=Path, metavar="FILE", help="the same, as --dump-plan has printed it there")
    parser.add_argument("--approved", action="store_true", help="somebody has agreed to the dangers")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the comment there, not to standard output")
    parser.add_argument("--dump-plan", action="store_true", help="print this checkout's plan for --base-plan, and end")
    return parser


def dump(stack: str) -> int:
    """Raises SettingsError for a stack that cannot be planned."""
    print(plan(stack).text())
    return 0


def report(options: argparse.Namespace) -> int:
    require_stack(options.stack)
    failures: tuple[str, ...] = ()
    summary = None
    try:
        summary = plan(options.stack)
    except SettingsError as error:
        failures = (str(error),)
    found = _given(options.preview) if options.preview else previewed(options.stack)
    if failures:
        found = Previewed(preview=Preview(failures=failures))
    base, remark = _base(options, summary)
    text, code = Report(
        stack=options.stack,
        preview=found.preview,
        summary=summary,
        base=base,
        remarks=(*found.remarks, *remark),
        approved=options.approved,
        secrets=found.secrets | secrets_of_process(),
    ).written()
    if options.output:
        _write(options.output, text)
    else:
        print(text, end="")
    return code


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        remedy = "name a file in a folder that is there: --output FILE"
        raise Failure(f"the comment {file} cannot be written: {error.strerror}", remedy) from None


def plan(stack: str) -> PlanSummary:
    """Secrets of the settings stay encrypted: a plan needs none."""
    require_stack(stack)
    parsed = read(ROOT, stack)
    return summary_of(build(parsed.without_secrets(), references(parsed.environment.images.source)))


def _given(file: Path) -> Previewed:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Previewed(preview=Preview(failures=(f"the preview {file} cannot be read: {error}",)))
    return Previewed(preview=read_preview(text))


def _base(options: argparse.Namespace, summary: PlanSummary | None) -> tuple[PlanSummary | None, tuple[str, ...]]:
    """The plan to compare with, and what a reader should know where there is none. A preview is worth more than it."""
    try:
        if options.base:
            found = plan_of(options.base, options.stack)
        elif options.base_plan:
            found = read_summary(options.base_plan.read_text(encoding="utf-8"))
        else:
            return None, ()
    except (Failure, ValueError, OSError) as error:
        cause = clipped(str(error).partition("\n")[0], 300)
        return None, (f"The base cannot be compared with: {cause}",)
    if found or not summary:
        return found, ()
    empty = PlanSummary(stack=options.stack, costs=(), fits=(), endpoints=())
    return empty, ("The base has no such environment.",)


if __name__ == "__main__":
    sys.exit(main())
