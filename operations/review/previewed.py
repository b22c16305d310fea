"""What `pulumi preview --json` says of this checkout, and which secrets the stack holds."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.engine import Engine
from operations.failure import Failure
from operations.preview import ground_of
from review.preview import Preview, read_preview
from review.shapes import SECRET_NAME
from settings.problem import SettingsError

SECONDS = 900


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """`remarks` tell what the preview was made against; `secrets` are values that nobody may be shown."""

    preview: Preview
    remarks: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()


def previewed(stack: str) -> Previewed:
    """Never raises Failure or SettingsError: what stopped the preview is in its `failures`."""
    try:
        # Standard output is for the comment.
        with contextlib.redirect_stdout(sys.stderr), ground_of(stack) as ground:
            # Unchanged resources too: some rules of the policy compare one with another.
            engine = ground.engine
            done = engine.attempt("preview", "--json", "--show-sames", *engine.options, seconds=SECONDS)
            fault = (done.stderr.strip() or f"pulumi preview ended with {done.returncode}") if done.returncode else ""
            return Previewed(
                preview=read_preview(done.stdout, fault),
                remarks=tuple(ground.remarks),
                secrets=frozenset(_of_stack(engine)) if ground.in_backend else frozenset(),
            )
    except (Failure, SettingsError) as error:
        return Previewed(preview=Preview(failures=(str(error),)))


def secrets_of_process(variables: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Values of the variables that are called secret: passphrases and tokens of the job that runs this."""
    return frozenset(value for name, value in variables.items() if SECRET_NAME.search(name))


def _of_stack(engine: Engine) -> Iterator[str]:
    """Generated passwords, and secrets of the configuration. A stack without any answers with an error: none then."""
    outputs = engine.attempt("stack", "output", "--json", "--show-secrets", "-s", engine.stack)
    if not outputs.returncode:
        yield from _texts(json.loads(outputs.stdout).get("credentials"))
    settings = engine.attempt("config", "--json", "--show-secrets", *engine.options)
    for one in json.loads(settings.stdout).values() if not settings.returncode else ():
        if one.get("secret"):
            yield from _texts(one.get("objectValue") or one.get("value"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
