"""What a step reads, what it then calls, and what it reports: one JSON file a case, in every shell that hosts have.

    mode      apply (when left out) or check
    step      function of the runtime, and its arguments
    files     what is there before; a text that begins with `-> ` is a link, one with `#!` a program
    answers   programs that only tell: {command line: what it says}; a list is what it says time after time
    effects   what a call changes, as shell commands
    refusals  calls that end with status 1: {command line: what they say}
    programs  further programs that must not run
    calls     every call, in order, of a program named so far, but those under `answers`
    status    of the step, as reported
    detail    texts that the report holds
    after     {file: text it holds afterwards, or null where it must not be}

`HERE` stands for the case's own directory.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from hosts.report import parse_report
from tests.unit.hosts.shell import Shell

CASES = sorted(Path(__file__).with_name("cases").glob("mac/commands/*.json"))
PLACES = """\
HERE=$PWD HOMEBREW=$PWD/homebrew NOTES=$PWD/notes DAEMONS=$PWD/daemons ROOT_OWNER=$(id -un):$(id -gn)
BREW_TRIES=3 BREW_PAUSE=0
answer() { # number of the question: what is said to it this time, the last for ever
    turn=$(cat "$HERE/turns/$1" 2>/dev/null || echo 0)
    while [ ! -e "$HERE/answers/$1.$turn" ]; do turn=$((turn - 1)); done
    echo $((turn + 1)) >"$HERE/turns/$1"
    cat "$HERE/answers/$1.$turn"
}
"""


class Case:
    """One file, and the shell text that makes its world."""

    def __init__(self, path: Path, here: Path) -> None:
        self.values: dict[str, Any] = json.loads(path.read_text().replace("HERE", str(here)))
        self.here = here

    def prepare(self) -> None:
        for folder in ("answers", "turns", "homebrew", "notes", "daemons"):
            (self.here / folder).mkdir()
        for name, text in self.values.get("files", {}).items():
            file = self.here / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("-> "):
                file.symlink_to(text.removeprefix("-> "))
            else:
                file.write_text(text)
                file.chmod(0o755 if text.startswith("#!") else 0o644)
        for number, said in enumerate(self.values.get("answers", {}).values()):
            for turn, text in enumerate([said] if isinstance(said, str) else said):
                (self.here / "answers" / f"{number}.{turn}").write_text(text)

    def body(self) -> str:
        lines = [PLACES, *(self._stand_in(program) for program in self._programs())]
        return "\n".join([*lines, shlex.join(["run_step", "it", "30", *self.values["step"]])])

    def _programs(self) -> list[str]:
        named = [*self.values.get("programs", ())]
        for kind in ("answers", "effects", "refusals"):
            named += [line.split()[0] for line in self.values.get(kind, {})]
        return list(dict.fromkeys(named))

    def _stand_in(self, program: str) -> str:
        def of(kind: str) -> list[tuple[int, str, str]]:
            entries = enumerate(self.values.get(kind, {}).items())
            return [(number, line, text) for number, (line, text) in entries if line.split()[0] == program]

        told = [f"{shlex.quote(line)}) answer {number} && return ;;" for number, line, _ in of("answers")]
        effects = [f"{shlex.quote(line)}) (cd {self.here} && {text}) && return ;;" for _, line, text in of("effects")]
        refused = [f"{shlex.quote(line)}) echo {shlex.quote(text)} && return 1 ;;" for _, line, text in of("refusals")]
        words = f'case "{program} $*" in'
        record = f'printf "%s\\n" "{program} $*" >>"$HERE/calls"'
        return "\n".join([f"{program}() {{", words, *told, "esac", record, words, *effects, *refused, "esac", "}"])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_step_calls_and_reports(path: Path, shell: Shell) -> None:
    case = Case(path, shell.directory)
    case.prepare()
    result = shell.run(case.body(), mode=case.values.get("mode", "apply"))
    (step,) = parse_report(result.stdout).steps
    calls = shell.directory / "calls"
    assert (calls.read_text().splitlines() if calls.exists() else []) == case.values.get("calls", []), result
    assert step.status == case.values["status"], step.detail
    for text in case.values.get("detail", []):
        assert text in step.detail
    for name, text in case.values.get("after", {}).items():
        file = shell.directory / name
        assert (file.read_text() if file.exists() else None) == text, name
