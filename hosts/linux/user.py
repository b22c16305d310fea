"""A person with an account on a Linux host."""

from __future__ import annotations

from dataclasses import dataclass

from hosts.step import Step

SUDOERS_FOLDER = "/etc/sudoers.d"


@dataclass(frozen=True, kw_only=True)
class User:
    """Logs in with one of `authorized_keys` and nothing else; the account has no password.

    An `admin` may become root, and so may use Docker. Owns the account's authorized_keys and its file in sudoers.d.
    An account is never removed, and one of the system's own, or the one that logs in for us, is refused.
    """

    name: str
    authorized_keys: tuple[str, ...]
    admin: bool = False

    def step(self) -> Step:
        keys = "".join(f"{key.strip()}\n" for key in self.authorized_keys)
        sudoers = f"{self.name} ALL=(ALL) NOPASSWD:ALL\n" if self.admin else ""
        # A name with a dot in it would be no file that sudo reads; names of the settings have none.
        arguments = (self.name, keys, f"{SUDOERS_FOLDER}/ai-platform-{self.name}", sudoers)
        return Step(f"user {self.name}", 60, "step_user", arguments, shown=f"{'admin' if sudoers else 'user'}\n{keys}")
