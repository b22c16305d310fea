import pytest

from simulators.plugins.docker.durations import nanoseconds, spelled


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("0s", "0s"), ("0", "0s"), ("30s", "30s"), ("120s", "2m0s"), ("1m", "1m0s"), ("90m", "1h30m0s"),
        ("1.5s", "1.5s"), ("1500ms", "1.5s"), ("10ms", "10ms"), ("1.25ms", "1.25ms"), ("3us", "3µs"), ("7ns", "7ns"),
        ("1h1m1s", "1h1m1s"), ("24h", "24h0m0s"), (".5s", "500ms"),
    ],
)  # fmt: skip
def test_duration_reads_back_in_the_spelling_of_go(given: str, canonical: str) -> None:
    assert spelled(nanoseconds(given)) == canonical
    assert spelled(nanoseconds(canonical)) == canonical


@pytest.mark.parametrize("text", ["", "10", "10 s", "s", "-1s", "1d", "1s1", "1,5s"])
def test_what_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        nanoseconds(text)
