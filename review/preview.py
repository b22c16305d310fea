"""What `pulumi preview --json` says. Reads its one document, and the lines of events of the engine's streaming form.

Seen with CLI 3.250: a program that fails in the middle still gives `steps` and a `changeSummary`; only `diagnostics`
of severity error tell that the preview is not whole. What is no whole document is a failed preview, never an empty one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policy.resource import Resource, resource_of
from policy.values import SIGNATURE
from review.change import OPERATIONS, QUIET, Change
from review.masking import marked_values

Step = Mapping[str, Any]
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FRAME = re.compile(r'^\s+File ".*", line \d+')
CARETS = re.compile(r"^\s+[\^~]+$")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`before` and `after` are resources as they are and would be: all of them where `complete`, else the changed ones.

    `failures` are the causes of a preview that is not whole.
    """

    changes: tuple[Change, ...] = ()
    before: tuple[Resource, ...] = ()
    after: tuple[Resource, ...] = ()
    complete: bool = False
    unchanged: int = 0
    failures: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default_factory=frozenset)


def read_preview(text: str, fault: str = "") -> Preview:
    """`fault` is what the engine printed besides, where it ended badly."""
    try:
        return _read(text, fault)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        cause = f"what the engine has printed is no preview that can be read: {type(error).__name__}"
        return Preview(failures=(_clean(fault) or cause,))


def _read(text: str, fault: str) -> Preview:
    """Raises what a document of another shape makes Python raise."""
    try:
        document = json.loads(text)
        if not {"steps", "changeSummary", "diagnostics"} & document.keys():
            document = _from_events([document])
    except (ValueError, TypeError, AttributeError, RecursionError):
        document = _from_events(_lines(text))
    if document is None:
        said = (text if not text.lstrip().startswith("{") else "").strip()
        return Preview(failures=(_clean(fault or said) or "the engine has printed no whole preview",))
    steps = list(document.get("steps") or ())
    failures = tuple(dict.fromkeys([*_failures(document, fault), *_untold(document, steps)]))
    unchanged = int((document.get("changeSummary") or {}).get("same", 0))
    # Looked for at once: to go through every value takes longer than all the rest.
    marked = SIGNATURE in text
    states = [step[key] for step in steps for key in ("oldState", "newState") if marked and step.get(key)]
    return Preview(
        # The engine's own order is another one each time.
        changes=tuple(sorted(_changes(steps), key=lambda one: (one.type, one.name))),
        before=_resources(steps, "oldState"),
        after=_resources(steps, "newState"),
        complete=sum(step.get("op") == "same" for step in steps) >= unchanged,
        unchanged=unchanged,
        failures=failures,
        secrets=frozenset(value for state in states for value in marked_values(state)),
    )


def _resources(steps: Iterable[Step], key: str) -> tuple[Resource, ...]:
    """Each once: a replacement has several steps."""
    return tuple({step["urn"]: resource_of(step[key]) for step in steps if step.get(key)}.values())


def _changes(steps: Iterable[Step]) -> Iterator[Change]:
    """One change a resource: the engine shows a replacement as up to three steps."""
    by_urn: dict[str, list[Step]] = {}
    for step in steps:
        if step.get("op") in OPERATIONS:
            by_urn.setdefault(str(step["urn"]), []).append(step)
    for urn, own in by_urn.items():
        operations = {OPERATIONS[step["op"]] for step in own}
        single = operations.pop() if len(operations) == 1 else "replace"
        old: Step = next((step["oldState"] for step in own if step.get("oldState")), {})
        new: Step = next((step["newState"] for step in own if step.get("newState")), {})
        yield Change(
            urn=urn,
            operation=single,
            old=old.get("inputs") or {},
            new=new.get("inputs") or {},
            paths=tuple(sorted({path for step in own for path in _paths(step)})),
            replaced_for=tuple(sorted({reason for step in own for reason in step.get("replaceReasons") or ()})),
            retained=bool((old or new).get("retainOnDelete")),
        )


def _paths(step: Step) -> Iterable[str]:
    """`detailedDiff` says it to the leaf, where the provider gives one."""
    return step.get("detailedDiff") or step.get("diffReasons") or ()


def _failures(document: Mapping[str, Any], fault: str) -> Iterator[str]:
    for one in document.get("diagnostics") or ():
        if one.get("severity") == "error" and (cause := _clean(str(one.get("message", "")))):
            name = str(one.get("urn") or "").rpartition("::")[2]
            yield f"{name}: {cause}" if name else cause
    if fault:
        yield _clean(fault)


def _untold(document: Mapping[str, Any], steps: Iterable[Step]) -> Iterator[str]:
    """What would otherwise pass for no change: steps that nobody here knows, and changes that are counted only."""
    operations = {str(step.get("op")) for step in steps}
    for one in sorted(operations - OPERATIONS.keys() - QUIET):
        yield f"this report does not know the engine's step {one!r}"
    counted = document.get("changeSummary")
    if counted is None and not operations:
        yield "the engine has printed neither steps nor a summary of them"
    hidden = {op: count for op, count in (counted or {}).items() if op not in QUIET and count}
    if hidden and not operations - QUIET:
        told = ", ".join(f"{count} to {op}" for op, count in hidden.items())
        yield f"the engine counts changes ({told}) and shows none of them"


def _clean(text: str) -> str:
    """Without colours, and without lines of a traceback that only a developer reads and that may quote values."""
    lines = [line.rstrip() for line in ANSI.sub("", text).splitlines()]
    quoted = {number + 1 for number, line in enumerate(lines) if FRAME.match(line)}
    kept = [
        line
        for number, line in enumerate(lines)
        if number not in quoted and not FRAME.match(line) and not CARETS.match(line)
    ]
    return "\n".join(kept).strip()


def _lines(text: str) -> list[Mapping[str, Any]] | None:
    try:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found if found and all(isinstance(event, dict) for event in found) else None


def _from_events(events: list[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """Events as one document; None where the summary, which comes last, is missing."""
    summary = next((event["summaryEvent"] for event in events or () if "summaryEvent" in event), None)
    if events is None or summary is None:
        return None
    steps = [
        {
            **event["resourcePreEvent"]["metadata"],
            "oldState": event["resourcePreEvent"]["metadata"].get("old"),
            "newState": event["resourcePreEvent"]["metadata"].get("new"),
            "replaceReasons": event["resourcePreEvent"]["metadata"].get("keys"),
            "diffReasons": event["resourcePreEvent"]["metadata"].get("diffs"),
        }
        for event in events
        if "resourcePreEvent" in event
    ]
    diagnostics = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    if summary.get("result") == "failed" and not any(one.get("severity") == "error" for one in diagnostics):
        diagnostics.append({"severity": "error", "message": "the engine says that the preview failed, and not why"})
    return {"steps": steps, "changeSummary": summary.get("resourceChanges"), "diagnostics": diagnostics}
