"""The part of GitHub's REST API that comments need, in memory: pages, refusals, limits, faults to order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulators.http_server import Handler, serving_http

TOKEN = "ghs_token-of-the-job"
BOT = "github-actions[bot]"
MOST_CHARACTERS = 65_536
LARGEST_PAGE = 100
PATH = re.compile(r"^/repos/team/platform/issues/(?:(\d+)/comments|comments/(\d+))$")


@dataclass
class GitHub:
    """Comments by id, each with its issue; `faults` are answered first, one a call; `calls` is what was asked."""

    url: str = ""
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    faults: list[tuple[int, dict[str, str], bool] | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def add(self, body: str, login: str = BOT, issue: int = 7) -> int:
        number = len(self.comments) + 1000
        self.comments[number] = {"id": number, "body": body, "user": {"login": login}, "issue": issue}
        return number

    def fault(self, status: int, headers: Mapping[str, str] | None = None, *, done: bool = False) -> None:
        """The next call is answered so; `done`: although it was carried out."""
        self.faults.append((status, dict(headers or {}), done))

    def no_fault(self) -> None:
        """The next call is answered as it is."""
        self.faults.append(None)

    def bodies(self, issue: int = 7) -> list[str]:
        return [one["body"] for one in self.comments.values() if one["issue"] == issue]


@contextmanager
def serving() -> Iterator[GitHub]:
    hub = GitHub()

    class GitHubHandler(Handler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else {}
            hub.calls.append(f"{self.command} {urlsplit(self.path).path}")
            fault = hub.faults.pop(0) if hub.faults else None
            if fault and not fault[2]:
                return self.tell(fault[0], {"message": "ordered"}, fault[1])
            status, body, headers = self.carried_out(sent)
            return self.tell(fault[0], {"message": "ordered"}, fault[1]) if fault else self.tell(status, body, headers)

        def carried_out(self, sent: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
            found = PATH.match(urlsplit(self.path).path)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return 401, {"message": "Bad credentials"}, {}
            if not found or found[1] not in (None, "7", "8") or (found[2] and int(found[2]) not in hub.comments):
                return 404, {"message": "Not Found"}, {}
            if self.command == "GET":
                return self.page(int(found[1]))
            if self.command == "DELETE":
                del hub.comments[int(found[2])]
                return 204, None, {}
            if not sent.get("body") or len(sent["body"]) > MOST_CHARACTERS:
                return 422, {"message": "Validation Failed"}, {}
            number = int(found[2]) if found[2] else hub.add("", issue=int(found[1]))
            hub.comments[number]["body"] = sent["body"]
            return (200 if found[2] else 201), hub.comments[number], {}

        def page(self, issue: int) -> tuple[int, Any, dict[str, str]]:
            query = parse_qs(urlsplit(self.path).query)
            size = min(int(query.get("per_page", ["30"])[0]), LARGEST_PAGE)
            page = int(query.get("page", ["1"])[0])
            own = [one for one in hub.comments.values() if one["issue"] == issue]
            more = len(own) > page * size
            here = f"{hub.url}{urlsplit(self.path).path}?per_page={size}"
            headers = {"Link": f'<{here}&page={page + 1}>; rel="next", <{here}&page=9>; rel="last"'} if more else {}
            return 200, own[(page - 1) * size : page * size], headers

        def tell(self, status: int, body: Any, headers: dict[str, str]) -> None:
            self.reply(status, b"" if body is None else json.dumps(body).encode(), **headers)

        do_GET = do_POST = do_PATCH = do_DELETE = answer

    with serving_http(GitHubHandler) as hub.url:
        yield hub
