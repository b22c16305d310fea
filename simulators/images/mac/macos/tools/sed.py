"""sed(1) of BSD: -i takes an extension, options end at the first operand (apple-oss-distributions/text_cmds sed/main.c,
compile.c)."""

from __future__ import annotations

import re

from ..bsd import UsageError, become, options, refused

USAGE = (
    "usage: sed script [-EHalnru] [-i extension] [file ...]\n"
    "\tsed [-EHalnu] [-i extension] [-e script] ... [-f script_file] ... [file ...]"
)
# What may begin a command: the commands themselves, addresses, blanks, comments.
BEGINS = re.compile(r"[{}=:!#;a-dgGhHiDlnNpPqrstwxy0-9$/\\\s]")
# An address and a command: what a path looks like when it stands where the script should.
ADDRESSED = re.compile(r"/(?:[^/\\]|\\.)*/(?P<command>[A-Za-z=])(?P<more>.*)", re.DOTALL)
ALONE = "dDgGhHlnNpPqx="


def main(arguments: list[str]) -> int:
    """Check the command line, then go on as GNU sed without its extensions."""
    try:
        found, operands = options("sed", arguments, "EHI:ae:f:i:lnrsu", USAGE)
        scripts = [value for option, value in found if option == "-e"]
        if not any(option in {"-e", "-f"} for option, _ in found):
            if not operands:
                raise UsageError(USAGE)
            scripts, operands = [operands[0]], operands[1:]
            found.append(("-e", scripts[0]))
        for script in scripts:
            _check(script)
        if any(option in {"-i", "-I"} for option, _ in found) and not operands:
            raise UsageError("sed: -I or -i may not be used with stdin")
    except UsageError as wrong:
        return refused(wrong)
    return become("sed", ["--posix", *(_translated(option, value) for option, value in found), "--", *operands])


def _check(script: str) -> None:
    addressed = ADDRESSED.fullmatch(script)
    command, more = (addressed["command"], addressed["more"].strip()) if addressed else (script[:1], "")
    if command and not BEGINS.match(command):
        raise UsageError(f'sed: 1: "{script}": invalid command code {command}')
    if command in ALONE and more and more[0] not in "};#":
        raise UsageError(f'sed: 1: "{script}": extra characters at the end of {command} command')


def _translated(option: str, value: str) -> str:
    words = {"-a": "-u", "-l": "-u", "-r": "-E", "-H": "-u", "-i": f"--in-place={value}", "-I": f"--in-place={value}"}
    if option == "-e":
        return f"--expression={value}"
    if option == "-f":
        return f"--file={value}"
    return words.get(option, option)
