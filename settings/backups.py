"""Where backups of an environment go, how often they are made, how long they stay, and who proves them."""

from __future__ import annotations

from pydantic import Field

from settings.base import Name, Settings

REPOSITORY = r"^(s3:https?://[^\s@]+|sftp:([A-Za-z0-9._-]+@)?[A-Za-z0-9.-]+:\S+|[/~.][^\s:]*)$"
"""No user and password in it: it stands in this file, and in messages."""


class Keep(Settings):
    """How many backups stay: the last one of so many days, weeks and months. The last proved one always stays."""

    days: int = Field(default=14, ge=1, le=366)
    weeks: int = Field(default=4, ge=0, le=520)
    months: int = Field(default=0, ge=0, le=120)


class BackupTimer(Settings):
    """The always-on machine that makes the backups: it has a checkout of this project in which `make up` has run."""

    host: Name = Field(description="A mac or linux host of the environment.")
    folder: str = Field(pattern=r"^/[A-Za-z0-9._/ -]*$", description="Absolute path of the checkout on it.")


class Backups(Settings):
    """`repository` is restic's: it is encrypted, so whoever keeps it cannot read it."""

    repository: str = Field(
        pattern=REPOSITORY, description="s3:https://HOST/BUCKET/PATH, sftp:USER@HOST:/PATH, or a folder."
    )
    password_file: str = Field(
        default="",
        description="File with the repository's password; made when missing. Default: .state/backups/ENV.password.",
    )
    credentials_file: str = Field(
        default="", description="For s3: a file in the form of ~/.aws/credentials, section [default]."
    )
    identity_file: str = Field(default="", description="For sftp: private key that logs in.")
    known_hosts_file: str = Field(default="", description="For sftp: known_hosts file that holds the host's key.")
    ssh_port: int = Field(default=22, ge=1, le=65535, description="For sftp: port of the machine's sshd.")
    keep: Keep = Keep()
    every_hours: int = Field(default=24, ge=1, le=168, description="Hours between two backups.")
    drill_days: int = Field(default=7, ge=1, le=90, description="Within so many days a restore must have been drilled.")
    leave_out: tuple[Name, ...] = Field(default=(), description="Services whose data is not worth a backup.")
    timer: BackupTimer | None = Field(
        default=None, description="Who makes backups and drills by itself; `scripts/health` then watches both."
    )
