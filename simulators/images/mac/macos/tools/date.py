"""date(1) of BSD (apple-oss-distributions/shell_cmds date/date.c, vary.c): -r, -v, -j -f; no -d."""

from __future__ import annotations

import calendar
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

from ..bsd import UsageError, become, options, refused

USAGE = (
    "usage: date [-jnRu] [-I[date|hours|minutes|seconds|ns]] [-f input_fmt]\n"
    "            [ -z output_zone ] [-r filename|seconds] [-v[+|-]val[y|m|w|d|H|M|S]]\n"
    "            [[[[mm]dd]HH]MM[[cc]yy][.SS] | new_date] [+output_fmt]"
)
FIELDS = {"y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
SPANS = {"w": "weeks", "d": "days", "H": "hours", "M": "minutes", "S": "seconds"}


def main(arguments: list[str]) -> int:
    """Work out the moment, then let GNU date print it."""
    try:
        found, operands = options(
            "date", arguments, "f:I:jnRr:uv:z:" if _has_unit(arguments) else "f:IjnRr:uv:z:", USAGE
        )
        given = dict(found)
        moment = _moment(given, operands)
        for option, value in found:
            if option == "-v":
                moment = varied(moment, value)
    except UsageError as wrong:
        return refused(wrong)
    output = [operand for operand in operands if operand.startswith("+")]
    if "-j" not in given and "-f" not in given and len(output) < len(operands):
        print("date: settimeofday (timeval): Operation not permitted", file=sys.stderr)
        return 1
    switches: list[str] = [option for option in ("-u", "-R") if option in given]
    if "-I" in given:
        switches.append(f"-I{given['-I']}")
    epoch = calendar.timegm(moment.utctimetuple()) if "-u" in given else int(moment.timestamp())
    # GNU's %N (nanoseconds) is no conversion on BSD.
    return become("date", [*switches, f"--date=@{epoch}", *(text.replace("%N", "N") for text in output)])


def _has_unit(arguments: list[str]) -> bool:
    return any(re.match(r"-I\w", argument) for argument in arguments)


def _moment(given: dict[str, str], operands: list[str]) -> datetime:
    now = datetime.utcnow() if "-u" in given else datetime.now()
    if "-r" in given:
        named = Path(given["-r"])
        epoch = int(given["-r"]) if given["-r"].lstrip("-").isdigit() else int(named.stat().st_mtime)
        return datetime.utcfromtimestamp(epoch) if "-u" in given else datetime.fromtimestamp(epoch)
    if given.get("-f") == "%s" and operands:
        return datetime.fromtimestamp(int(operands[0]))
    if "-f" in given and operands:
        try:
            parsed = datetime.strptime(operands[0], given["-f"])
        except ValueError as wrong:
            raise UsageError(f"date: Failed conversion of ``{operands[0]}'' using format ``{given['-f']}''") from wrong
        # What the format does not name is as it is now.
        if not re.search(r"%[HIMSTRrc]", given["-f"]):
            parsed = parsed.replace(hour=now.hour, minute=now.minute, second=now.second)
        return parsed
    return now


def varied(moment: datetime, adjustment: str) -> datetime:
    """`+1d`, `-2H` shift the moment; `1d` sets the field. Raises UsageError."""
    match = re.fullmatch(r"([+-]?)(\d+)([ymwdHMS])", adjustment)
    if match is None:
        raise UsageError(f"date: {adjustment}: Cannot apply date adjustment\n{USAGE}")
    sign, number, unit = match[1], int(match[2]), match[3]
    if not sign:
        return moment.replace(**{FIELDS[unit]: number})  # type: ignore[arg-type]  # every field is a number
    signed = -number if sign == "-" else number
    if unit in SPANS:
        return moment + timedelta(**{SPANS[unit]: signed})
    months = moment.year * 12 + moment.month - 1 + signed * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))
