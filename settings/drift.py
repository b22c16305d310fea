"""What may differ from the declared state without being reported."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from settings.base import Settings

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\s]")]


class Drift(Settings):
    """Exceptions of `scripts/drift`. They hide a difference; nothing is left as it is because of them."""

    ignore: tuple[Pattern, ...] = Field(
        default=(),
        description="URNs, or URN#WHAT for one property of a resource or one step of a host, as `scripts/drift --json` "
        "shows them; * stands for any text.",
    )
