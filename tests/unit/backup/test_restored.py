"""What is compared before a restore counts, and the statements that it makes."""

from __future__ import annotations

import pytest

from operations.backup.manifest import DatabaseFacts
from operations.restore.compared import contents, differences
from operations.restore.new_database import _rights, _settings
from operations.restore.roles import statements

from .made import facts

ROLES = """\
--
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER PASSWORD 'SCRAM-SHA-256$a';
CREATE ROLE reader;
ALTER ROLE reader WITH LOGIN PASSWORD 'SCRAM-SHA-256$b';
CREATE ROLE "odd ""one";
ALTER ROLE "odd ""one" WITH NOLOGIN;
GRANT reader TO "odd ""one" WITH INHERIT TRUE GRANTED BY postgres;
GRANT reader TO postgres GRANTED BY postgres;
"""


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (facts(), []),
        (facts(rows={"public.chunks": 9}), ["9 rows instead of 10"]),
        (facts(rows={}), ["no rows instead of 10"]),
        (facts(sequences={"public.chunks_id_seq": 9}), ["sequence"]),
        (facts(indexes=()), ["index"]),
        (facts(extensions={"plpgsql": "1.0", "vector": "0.8.4"}), ["extension vector"]),
        (facts(extensions={"plpgsql": "1.0"}), ["extension vector"]),
        (facts(extensions={"plpgsql": "1.0", "vector": "0.10.0"}), []),
    ],
)
def test_every_difference_is_named(now: DatabaseFacts, said: list[str]) -> None:
    found = differences(facts(), now)
    assert len(found) == len(said)
    assert all(part in one for part, one in zip(said, found, strict=True))


def test_contents_are_equal_whatever_the_dump_calls_its_files() -> None:
    def files(*names: str) -> dict[str, str]:
        return dict(zip(names, "abc", strict=False))

    assert contents(files("d/12.dat", "d/13.dat")) == contents(files("e/7.dat", "e/8.dat"))
    assert contents(files("d/12.dat", "d/13.dat")) != contents(files("d/12.dat", "d/toc.dat"))
    assert contents({"d/12.dat": "a", "d/13.dat": "a"}) != contents({"d/12.dat": "a"})


def test_roles_that_exist_keep_their_passwords() -> None:
    assert statements(ROLES, {"postgres", "reader", '"odd ""one"'}) == []
    made = statements(ROLES, {"postgres", "reader"})
    assert [line.split()[0] for line in made] == ["CREATE", "ALTER", "GRANT"]
    assert not any("SCRAM" in line for line in made)
    assert len(statements(ROLES, {"postgres"})) == 5


def test_a_login_that_a_rotation_has_closed_is_not_opened_again_by_a_backup_of_before() -> None:
    saved = ROLES + 'GRANT "odd ""one" TO reader;\n'
    made = statements(saved, {"postgres", '"odd ""one"'}, ["reader"])
    assert made == ["CREATE ROLE reader;"], "without login, password and rights"


def test_a_new_database_lets_in_whom_the_old_one_let_in() -> None:
    assert _rights('a"b', facts()) == [
        'REVOKE ALL ON DATABASE "a""b" FROM PUBLIC;',
        'GRANT CONNECT ON DATABASE "a""b" TO "shop";',
        'GRANT TEMPORARY ON DATABASE "a""b" TO PUBLIC;',
    ]


def test_settings_that_are_lists_stay_lists() -> None:
    made = facts(settings=(("", "work_mem=8MB"), ("shop", 'search_path="$user", public')))
    assert _settings("it", made) == [
        "ALTER DATABASE \"it\" SET work_mem TO '8MB';",
        'ALTER ROLE "shop" IN DATABASE "it" SET search_path TO "$user", public;',
    ]
