"""What is wrong with a configuration, said so that the reader can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True, kw_only=True)
class Problem:
    """One fault: where it stands, what stands there, why it is refused and what to do.

    `path` is dotted (`services.embed.port`). `value` is shown as written; callers pass an empty string for
    secrets, so that a problem can always be printed.
    """

    path: str
    value: str
    cause: str
    remedy: str

    def render(self, file: str, line: int | None) -> str:
        place = f"{file}:{line}" if line else file
        shown = f" = {self.value}" if self.value else ""
        return f"{place}: {self.path}{shown}\n    {self.cause}\n    -> {self.remedy}"


class SettingsError(Exception):
    """Every problem of one configuration, sorted by path. Nothing has been touched when it is raised."""

    def __init__(self, file: str, problems: list[Problem], lines: dict[str, int] | None = None) -> None:
        self.file = file
        self.problems = sorted(set(problems))
        known = lines or {}
        rendered = [problem.render(file, line_of(problem.path, known)) for problem in self.problems]
        noun = "problem" if len(rendered) == 1 else "problems"
        super().__init__(f"{len(rendered)} {noun} in {file}, nothing was changed:\n" + "\n".join(rendered))


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """The line of `path`, or of its nearest parent that stands in the file."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return None
