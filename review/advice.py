"""What to do after a deployment that failed, as Markdown. Pure."""

from __future__ import annotations

from review.markdown import code, fence

NOTHING_CHANGED = "nothing was changed"


def advice(stack: str, cause: str, previous: str | None) -> str:
    """`cause` is the message of the failure; `previous` the commit to go back to, None where it is not known."""
    marks = fence([cause])
    back = f"git revert --no-edit {previous}..HEAD" if previous else "git revert COMMIT"
    state = (
        "Nothing was changed: the environment is as it was before."
        if NOTHING_CHANGED in cause
        else "Part of the change may be in place: what fails does not keep the rest from its own. A service whose new "
        "version failed its rehearsal still runs the old one."
    )
    return "\n".join(
        [
            f"## Deployment of {code(stack)} failed",
            "",
            f"{marks}text",
            cause,
            marks,
            "",
            state,
            "",
            f"1. What serves now: `scripts/health -s {stack}`",
            f"2. Forward, when the cause is mended: `scripts/deploy -s {stack}` (it goes on where it stopped)",
            f"3. Back: `{back}`, then merge that: its deployment brings the earlier version up",
            "",
            "Data volumes and databases are never rolled back: a version that has migrated its data may need a backup.",
        ]
    )
