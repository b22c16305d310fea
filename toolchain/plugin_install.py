"""Puts every needed plugin where the Pulumi CLI finds it: the official one where it can be had, else a stand-in."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolchain.long_command import CommandFailed, Report, run_long
from toolchain.official_site import official_site_answers
from toolchain.places import STATE
from toolchain.plugins import Plugin, find_official, needed_plugins
from toolchain.pulumi_home import pulumi_home
from toolchain.stand_ins import has_launcher, write_launcher

DOWNLOAD_S = 300


@dataclass(frozen=True)
class Placed:
    """A plugin as a run will find it: `official`, `stand-in` or, before an installation, `missing`."""

    plugin: Plugin
    origin: str
    path: Path


def placed_plugins(cli: Path) -> list[Placed]:
    """Every needed plugin and where it is now. Changes nothing."""
    return [_placed(plugin, cli) for plugin in needed_plugins()]


def ensure_plugins(cli: Path, report: Report) -> list[Placed]:
    """Installs what is missing and tells where everything is. Asks the official site only if something is."""
    return [
        placed if placed.origin != "missing" else _install(placed.plugin, cli, report) for placed in placed_plugins(cli)
    ]


def remove_stand_ins(cli: Path) -> None:
    """Removes the stand-ins, so that the next installation looks for the official plugins again."""
    for placed in placed_plugins(cli):
        if placed.origin == "stand-in":
            placed.path.unlink()


def _placed(plugin: Plugin, cli: Path) -> Placed:
    own = plugin.folder / plugin.program
    official = find_official(plugin, cli)
    if official is not None and (official.parent == own.parent or not _must_be_linked(plugin, official)):
        return Placed(plugin, "official", official)
    origin = "stand-in" if official is None and has_launcher(own, _module(plugin)) else "missing"
    return Placed(plugin, origin, own)


def _install(plugin: Plugin, cli: Path, report: Report) -> Placed:
    own = plugin.folder / plugin.program
    official = find_official(plugin, cli)
    if official is not None:
        own.parent.mkdir(parents=True, exist_ok=True)
        own.unlink(missing_ok=True)
        own.symlink_to(official)
    elif not (official_site_answers() and _download(plugin, cli, report)):
        write_launcher(own, _module(plugin))
    return _placed(plugin, cli)


def _must_be_linked(plugin: Plugin, official: Path) -> bool:
    """The CLI looks on PATH, beside itself and in its home; a plugin in the user's other home needs a link."""
    return official.parent.name == plugin.folder.name and official.parent != plugin.folder


def _download(plugin: Plugin, cli: Path, report: Report) -> bool:
    if plugin.kind != "resource":
        return False
    own = plugin.folder / plugin.program
    own.unlink(missing_ok=True)
    try:
        run_long(
            [cli, "plugin", "install", plugin.kind, plugin.name, plugin.version],
            what=f"plugin {plugin.name} {plugin.version}: downloading",
            folder=STATE,
            environ={**os.environ, "PULUMI_HOME": str(pulumi_home()), "PULUMI_SKIP_UPDATE_CHECK": "true"},
            log=STATE / "logs" / f"plugin-{plugin.name}.log",
            deadline_s=DOWNLOAD_S,
            report=report,
        )
    except (CommandFailed, OSError, subprocess.SubprocessError) as error:
        report(f"plugin {plugin.name} {plugin.version}: {error}")
    return own.exists()


def _module(plugin: Plugin) -> str:
    return "language_python" if plugin.kind == "language" else plugin.name
