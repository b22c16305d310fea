"""What a dying container said, without the secrets that it was given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.last_words import SHORTEST_SECRET, redacted, telling, texts_to_cover

SECRET = st.text(alphabet=st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=SHORTEST_SECRET)
PASSWORD = "aB3" * 10


@given(st.lists(st.one_of(st.text(), SECRET)), st.lists(SECRET, min_size=1))
def test_no_secret_survives(pieces: list[str], secrets: list[str]) -> None:
    said = "".join([*pieces, *secrets, *pieces, secrets[0] * 2])
    shown = redacted(said, secrets)
    assert not any(secret in shown for secret in secrets)


@given(SECRET, SECRET)
def test_a_secret_inside_another_leaves_no_rest_of_the_longer_one(part: str, rest: str) -> None:
    assert redacted(f"<{part}{rest}>", [part, part + rest]) == "<***>"


@given(st.text(), st.lists(SECRET))
def test_what_holds_no_secret_is_shown_as_it_is(said: str, secrets: list[str]) -> None:
    if not any(secret in said for secret in secrets):
        assert redacted(said, secrets) == said


def test_every_part_of_a_secret_file_that_could_be_printed_is_covered() -> None:
    content = f"requirepass {PASSWORD}\nappendonly yes\n"
    assert {content, f"requirepass {PASSWORD}", PASSWORD} <= set(texts_to_cover(content))


def test_a_password_inside_an_address_is_covered_by_itself() -> None:
    """A client that cannot connect may print the password that it took out of the address."""
    address = f"postgresql+psycopg2://mlflow:{PASSWORD}@postgres:5432/mlflow"
    assert redacted(f"cannot log in with {PASSWORD!r}", texts_to_cover(address)) == "cannot log in with '***'"


def test_words_too_short_to_be_secrets_do_not_garble_everything() -> None:
    assert redacted("yes or no", texts_to_cover("yes\nno\n")) == "yes or no"


HEALTHY = {"State": {"Status": "running", "Health": {"Status": "healthy"}}}
UNCHECKED = {"State": {"Status": "running"}}
STARTING = {"State": {"Status": "running", "Health": {"Status": "starting"}}}
UNHEALTHY = {"State": {"Status": "running", "Health": {"Status": "unhealthy"}}}
STOPPED_EARLY = {"State": {"Status": "exited", "Health": {"Status": "starting"}}}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([HEALTHY, UNCHECKED], []),
        ([HEALTHY, STARTING, UNHEALTHY, STOPPED_EARLY], [UNHEALTHY, STOPPED_EARLY]),
        ([HEALTHY, STARTING], [STARTING]),
    ],
    ids=["all serve", "some failed", "none failed yet"],
)
def test_a_container_that_is_only_starting_is_told_of_when_there_is_nothing_else(
    found: list[dict[str, object]], told: list[dict[str, object]]
) -> None:
    assert telling(found) == told
