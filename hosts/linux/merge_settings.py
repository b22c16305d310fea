"""merge_settings.py FILE RECORD WANTED: prints the JSON of FILE with the keys of WANTED, for Docker's daemon.json.

Runs on the host, with nothing but Python's own library. Keys of FILE that are not in RECORD, which holds what was
wanted last time, belong to somebody else: they stay, and one that WANTED sets otherwise is refused. When nothing has
to change, FILE is printed as it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """0 and the text on standard output; 1 and the reason on standard error."""
    file, record, wanted = arguments
    try:
        sys.stdout.write(_merged(Path(file), _settings(Path(record)), json.loads(wanted)))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _merged(file: Path, before: dict[str, object], wanted: dict[str, object]) -> str:
    found = _settings(file)
    for key in sorted(wanted.keys() & found.keys() - before.keys()):
        if found[key] != wanted[key]:
            raise ValueError(
                f"{file} sets {key} to {json.dumps(found[key])}, the platform needs {json.dumps(wanted[key])}: "
                f"remove {key} from that file and run this again"
            )
    others = {key: value for key, value in found.items() if key not in before}
    merged = {**others, **wanted}
    return (
        file.read_text() if found == merged and file.exists() else json.dumps(merged, indent=4, sort_keys=True) + "\n"
    )


def _settings(file: Path) -> dict[str, object]:
    text = file.read_text() if file.exists() else ""
    try:
        settings = json.loads(text) if text.strip() else {}
    except ValueError as problem:
        raise ValueError(f"{file} is no JSON ({problem}): mend or remove it") from None
    if not isinstance(settings, dict):
        raise ValueError(f"{file} holds no JSON object: mend or remove it")
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
