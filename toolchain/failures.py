"""Every way in which setting up this machine can end; each exception's text says what to do next."""

from toolchain.build_context import CredentialInBuild
from toolchain.debian_packages import PackagesMissing
from toolchain.docker_engine import EngineMissing
from toolchain.image_folder import ImageFolderError
from toolchain.images import ImagesFailed
from toolchain.long_command import CommandFailed
from toolchain.pulumi_cli import CliMissing

SETUP_FAILURES = (
    CliMissing,
    CommandFailed,
    CredentialInBuild,
    EngineMissing,
    ImageFolderError,
    ImagesFailed,
    PackagesMissing,
)
