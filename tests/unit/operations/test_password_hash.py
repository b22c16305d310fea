"""A password becomes a hash that Authelia reads, or is refused."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from operations.failure import Failure
from operations.password_hash import password_hash


def test_a_hash_is_salted_and_matches_its_password_only() -> None:
    first, second = password_hash("correct horse battery"), password_hash("correct horse battery")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    Argon2id.verify_phc_encoded(b"correct horse battery", first)
    with pytest.raises(InvalidKey):
        Argon2id.verify_phc_encoded(b"correct horse batterz", first)


@pytest.mark.parametrize("password", ["", "short", "x" * 101, "correct horse\tbattery", "correct\nhorse battery"])
def test_a_password_that_is_none_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(Failure) as refused:
        password_hash(password)
    assert not password or password not in str(refused.value)
