"""Runs one Pulumi program; started by the language host with the Python of the project.

This file is executed by its path in the project's own environment, so it imports nothing of this repository. It
does what the official host's `pulumi-language-python-exec` does: a RunError shows its message alone, any other
exception shows the traceback from the program's first frame on, once. An interrupt ends it without a word.
"""

import asyncio
import json
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

SHOWN_TO_THE_USER = 32  # tells the language host that the error has been logged already
INTERRUPTED = 130


def leave_quietly(_signal: int, _frame: FrameType | None) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


signal.signal(signal.SIGINT, leave_quietly)

try:
    import pulumi
    from pulumi.runtime import Settings, configure, run_in_stack, set_all_config
except ImportError as missing:
    traceback.print_exc()
    print(f"\nThe Pulumi SDK is not installed in {sys.prefix}. Run: {sys.executable} -m pip install pulumi")
    raise SystemExit(1) from missing


def program_traceback(program: Path) -> str:
    """The current exception's traceback without the frames above the program's own."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    main_file = program / "__main__.py" if program.is_dir() else program
    for index, frame in enumerate(frames):
        if Path(frame.filename).resolve() == main_file.resolve():
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


def run_program(program: Path, loop: asyncio.AbstractEventLoop) -> int:
    """Runs the program to the end of its resource registrations; the result is the exit status."""
    if program.is_dir() and not (program / "__main__.py").exists():
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        return SHOWN_TO_THE_USER

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001  (whatever the user's program raises is shown to the user)
        pulumi.log.error(f"Program failed with an unhandled exception:\n{program_traceback(program)}")
        return SHOWN_TO_THE_USER
    return 0


def main() -> int:
    """Reads the settings that the host wrote into the environment and runs the program named by the argument."""
    settings = Settings(**json.loads(os.environ.pop("PULUMI_PROGRAM_SETTINGS")))
    set_all_config(
        json.loads(os.environ.get("PULUMI_CONFIG", "{}")),
        json.loads(os.environ.get("PULUMI_CONFIG_SECRET_KEYS", "[]")),
    )
    configure(settings)
    sys.argv = sys.argv[1:]
    program = Path(sys.argv[0]).absolute()
    # A failed deployment leaves futures unobserved on purpose; asyncio's complaints about them are no news.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max_workers=max(settings.parallel or 1, 1) * 4) as executor:
        loop.set_default_executor(executor)
        status = run_program(program, loop)
    loop.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
