"""Generated passwords of one environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi import ResourceOptions


@dataclass(frozen=True, kw_only=True)
class PasswordsArgs:
    """`names` are stable for life: renaming one makes a new password."""

    names: Sequence[str]


class Passwords(pulumi.ComponentResource):
    """One random password per name, kept secret in the state. Who uses them is not its business."""

    values: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: PasswordsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Passwords", name, None, opts)
        # Letters and digits only: the values also stand inside URLs and configuration files.
        self.values = {
            key: random.RandomPassword(
                f"{name}-{key}", length=32, special=False, opts=ResourceOptions(parent=self)
            ).result
            for key in args.names
        }
        self.register_outputs({})
