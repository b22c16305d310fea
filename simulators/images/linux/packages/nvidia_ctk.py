#!/usr/bin/env python3
"""nvidia-ctk: `runtime configure --runtime=docker [--config=FILE] [--set-as-default]`, as version 1.17 does it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

VERSION = "1.17.8"
RUNTIME = {"args": [], "path": "nvidia-container-runtime"}


def main(arguments: list[str]) -> int:
    """Answer one call. Everything else in the file stays as it is."""
    if arguments[:1] == ["--version"]:
        print(f"NVIDIA Container Toolkit CLI version {VERSION}")
        return 0
    parser = argparse.ArgumentParser(prog="nvidia-ctk")
    configure = parser.add_subparsers(required=True).add_parser("runtime").add_subparsers(required=True)
    options = configure.add_parser("configure")
    options.add_argument("--runtime", choices=["docker"], default="docker")
    options.add_argument("--config", type=Path, default=Path("/etc/docker/daemon.json"))
    options.add_argument("--set-as-default", "--nvidia-set-as-default", action="store_true")
    chosen = parser.parse_args(arguments)
    return _configure(chosen.config, default=chosen.set_as_default)


def _configure(file: Path, *, default: bool) -> int:
    _say(f"Loading config from {file}" if file.exists() else "Config file does not exist; using empty config")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    try:
        settings = json.loads(text or "{}")
    except ValueError as problem:
        _say(f"unable to load config for runtime docker: {problem}", level="error")
        return 1
    settings.setdefault("runtimes", {})["nvidia"] = RUNTIME
    if default:
        settings["default-runtime"] = "nvidia"
    file.parent.mkdir(parents=True, exist_ok=True)
    # Its program sorts the keys.
    file.write_text(json.dumps(settings, indent=4, sort_keys=True), encoding="utf-8")
    _say(f"Wrote updated config to {file}")
    _say("It is recommended that docker daemon be restarted.")
    return 0


def _say(message: str, level: str = "info") -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(f'time="{moment}" level={level} msg="{message}"', file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
