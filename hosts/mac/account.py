"""Accounts of people on a Mac."""

from __future__ import annotations

from dataclasses import dataclass

from hosts.step import Step


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who logs in by keys. One that is there already keeps all but its keys; none is ever removed.

    The user who is logged in for us is only given keys: no run takes away what the next one may need.
    """

    name: str
    authorized_keys: tuple[str, ...]
    admin: bool = False

    def step(self) -> Step:
        """Has the account, its keys, and root's rights where it is to have them."""
        keys = "\n".join(key.strip() for key in self.authorized_keys)
        return Step(f"account {self.name}", 120, "step_account", (self.name, keys, "yes" if self.admin else "no"))
