"""What a command says, collected and passed on."""

import asyncio
from collections.abc import Sequence

import pytest

from simulators.plugins.command.job import Job
from simulators.plugins.command.outputs import Outputs


def collected(chunks: Sequence[bytes], logging: str | None = None) -> tuple[Outputs, list[str]]:
    shown: list[str] = []
    outputs, waiting = Outputs(shown.append, logging), list(chunks)

    async def read(_limit: int) -> bytes:
        return waiting.pop(0) if waiting else b""

    asyncio.run(outputs.collect("stdout", read))
    return outputs, shown


def test_lines_are_shown_whole_however_they_arrive_and_the_last_one_too() -> None:
    outputs, shown = collected([b"on", b"e\ntw", b"o\n\nthree"])
    assert shown == ["one", "two", "", "three"]
    assert outputs.text("stdout") == "one\ntwo\n\nthree"


def test_a_character_that_is_split_between_two_reads_stays_whole() -> None:
    _, shown = collected(["é".encode()[:1], "é\n".encode()[1:]])
    assert shown == ["é"]


def test_only_the_last_line_end_is_taken_off() -> None:
    assert collected([b"a\n\n"])[0].text("stdout") == "a\n"


@pytest.mark.parametrize(("logging", "lines"), [("none", 0), ("stderr", 0), ("stdout", 1), ("stdoutAndStderr", 1)])
def test_logging_chooses_what_is_shown(logging: str, lines: int) -> None:
    assert len(collected([b"line\n"], logging)[1]) == lines


def test_a_failure_quotes_the_command_and_leaves_the_input_out() -> None:
    outputs, _ = collected([b"said\n"])
    job = Job('echo "x"\nfalse', "the-input", {}, {}, outputs)
    assert job.failure("exit status 1") == 'exit status 1: running "echo \\"x\\"\\nfalse":\nsaid\n'
