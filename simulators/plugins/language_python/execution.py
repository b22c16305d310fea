"""Turns the engine's requests into the command lines and environments of child processes."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from simulators.plugins.language_python.interpreter import Interpreter
from simulators.plugins.language_python.protocol import language_pb2

PROGRAM = Path(__file__).parent / "program.py"
SHOWN_TO_THE_USER = 32  # program.py's exit status after it has logged the error itself
INTERRUPTED = 130  # program.py's exit status after an interrupt


@dataclass(frozen=True)
class Execution:
    """One process to start: its command line, working folder and whole environment."""

    command: list[str]
    folder: Path
    environ: dict[str, str]


def program_execution(request: language_pb2.RunRequest, engine_address: str, interpreter: Interpreter) -> Execution:
    """The process of a Pulumi program. Configuration travels in the environment, never in the arguments."""
    settings = {
        "monitor": request.monitor_address,
        "engine": engine_address,
        "project": request.project,
        "stack": request.stack,
        "parallel": request.parallel,
        "dry_run": request.dryRun,
        "organization": request.organization or "organization",
        "root_directory": request.info.root_directory,
    }
    environ = interpreter.environ(os.environ) | {
        "PULUMI_PROGRAM_SETTINGS": json.dumps(settings),
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }
    entry_point = request.info.entry_point or "."
    command = [str(interpreter.executable), "-u", str(PROGRAM), entry_point, *request.args]
    return Execution(command, Path(request.pwd), environ)


def plugin_execution(request: language_pb2.RunPluginRequest, interpreter: Interpreter) -> Execution:
    """The process of a plugin that lives in a folder of Python: a provider or a policy pack."""
    inherited = dict(entry.split("=", 1) for entry in request.env if "=" in entry)
    folder = request.info.program_directory
    if request.kind == "analyzer":
        arguments = ["-m", "pulumi.policy", *request.args, folder]
    else:
        arguments = [folder, *request.args]
    command = [str(interpreter.executable), "-u", *arguments]
    return Execution(command, Path(request.pwd), interpreter.environ(inherited or os.environ))


def run_response(status: int) -> language_pb2.RunResponse:
    """What the engine is told of a program that ended with exit status `status` (-N after signal N)."""
    if status == 0:
        return language_pb2.RunResponse()
    if status in (SHOWN_TO_THE_USER, INTERRUPTED):
        return language_pb2.RunResponse(bail=True)
    if status < 0:
        return language_pb2.RunResponse(error=f"Program was ended by signal {-status}")
    return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {status}")
