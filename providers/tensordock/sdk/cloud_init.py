"""What a machine does at its first boot."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, slots=True)
class WriteFile:
    """A file that is written before any command runs. There is no encoding: the content is text."""

    path: pulumi.Input[str]
    content: pulumi.Input[str]
    owner: str = "root:root"
    permissions: str = "0644"


@dataclass(frozen=True, slots=True)
class CloudInit:
    """Packages, files and commands, in that order. Secret as a whole in Pulumi's state."""

    packages: Sequence[str] = ()
    package_update: bool = False
    package_upgrade: bool = False
    runcmd: Sequence[pulumi.Input[str]] = ()
    write_files: Sequence[WriteFile] = ()
