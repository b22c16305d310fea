"""Output of a host is bounded, whatever comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from operations.ssh_output import LINE_BYTES, Output


@given(st.lists(st.text(alphabet="abü\r", max_size=9)), st.integers(1, 7), st.integers(0, 50))
def test_lines_are_heard_whole_and_the_beginning_is_kept(lines: list[str], cut: int, kept: int) -> None:
    heard: list[str] = []
    output = Output(heard.append, kept_bytes=kept)
    sent = "".join(f"{line}\n" for line in lines).encode()
    for start in range(0, len(sent), cut):
        output.take(sent[start : start + cut])
    assert heard == lines
    assert output.text == sent[:kept].decode(errors="replace")
    assert output.dropped == max(0, len(sent) - kept)


def test_a_line_without_end_is_passed_over_and_the_next_one_heard() -> None:
    heard: list[str] = []
    output = Output(heard.append, kept_bytes=10)
    output.take(b"one\n")
    for _ in range(100):
        output.take(b"x" * (LINE_BYTES // 2))
    output.take(b"x\ntwo\n")
    assert heard == ["one", "two"]
