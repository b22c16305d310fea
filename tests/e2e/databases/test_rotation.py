"""A login changes under load: no request fails, and the old one is refused afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest

from operations.databases.apply import apply
from tests.e2e.databases.conftest import MadeDatabase


class Application(threading.Thread):
    """Asks on a new connection each time, with the connection string that it was given last."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.asked, self.failed = url, 0, [""][:0]
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                with psycopg.connect(self.url) as connection:
                    connection.execute("select count(*) from documents")
                self.asked += 1
            except psycopg.Error as error:
                self.failed.append(str(error))

    def ask_more(self) -> None:
        """Returns once some more requests have been made."""
        wanted = self.asked + 5
        for _ in range(600):
            if self.asked >= wanted or self.failed:
                return
            self.ended.wait(0.05)
        pytest.fail("the application asks nothing any more")


@pytest.mark.parametrize("role", ["read", "ingest"])
def test_a_login_is_rotated_twice_without_a_failed_request(
    knowledge: Callable[..., MadeDatabase], name: str, role: str
) -> None:
    made = knowledge(name)
    application = Application(made.url(role))
    application.start()
    try:
        for generation in (2, 3):
            old = application.url
            application.ask_more()
            open_both = MadeDatabase(made.lab, made.lab.planned(
                name, schema="knowledge", dimension=16, rotation={role: {"generation": generation, "overlap": True}}
            ))  # fmt: skip
            apply(open_both.spec)
            application.ask_more()
            application.url = open_both.url(role)
            application.ask_more()
            only_new = MadeDatabase(made.lab, made.lab.planned(
                name, schema="knowledge", dimension=16, rotation={role: {"generation": generation}}
            ))  # fmt: skip
            with psycopg.connect(old, autocommit=True) as idle:
                apply(only_new.spec)
                with pytest.raises(psycopg.OperationalError):
                    idle.execute("select 1")
            application.ask_more()
            assert application.url != old
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(old)
    finally:
        application.ended.set()
        application.join(30)
    assert application.failed == []
    assert application.asked >= 20
