"""Sets the password with which a person logs in by Authelia: its argon2id hash becomes a secret of the settings.

The password is asked for twice on a terminal, else read as the first line of standard input. It is kept nowhere.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from operations.engine import Engine
from operations.failure import USAGE, Failure, guarded
from operations.installed import installed
from operations.password_hash import password_hash
from operations.project import ROOT, require_stack
from settings.person import password_secret
from settings.stack_file import NAMESPACE, read
from settings.unknown import unknown


def main() -> int:
    parser = argparse.ArgumentParser("scripts/login-password", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("person", metavar="PERSON", help="user name, as it stands under `people`")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    options = parser.parse_args()
    return guarded(lambda: set_password(options.stack, options.person))


def set_password(stack: str, person: str) -> None:
    """Raises Failure for somebody whom the settings do not name, and for a password that is none."""
    require_stack(stack)
    people = read(ROOT, stack).environment.people
    if person not in people:
        problem = unknown(f"people.{person}", person, people, "entry of people")
        raise Failure(f"{person}: {problem.cause} in {stack}", problem.remedy, USAGE)
    hashed = password_hash(asked(person))
    installed()
    engine = Engine(stack)
    engine.select()
    engine.set_secret(f"{NAMESPACE}:secrets.{password_secret(person)}", hashed)
    print(f"{person} has a new password in the settings of {stack}; it counts after: make up STACK={stack}")


def asked(person: str) -> str:
    """What is typed, or stands on standard input. Raises Failure when two entries differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(f"password of {person} (not shown): ")
    if getpass.getpass("once more: ") != first:
        raise Failure("the two entries differ", "run the same command again", USAGE)
    return first


if __name__ == "__main__":
    sys.exit(main())
