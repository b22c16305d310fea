"""What a visitor asks, apart from how it travels, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from simulators.cloudflare.edge.expression import Request as Fields


@dataclass(frozen=True, slots=True)
class Asked:
    """One request's head. `headers` by names in lower case; `target` is path and query; `form` what was posted."""

    method: str
    host: str
    target: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path or "/"

    @property
    def name(self) -> str:
        """The host without its port."""
        return self.host.partition(":")[0].lower().rstrip(".")

    @property
    def port(self) -> str:
        """`:8443`, or nothing: links keep it, as the real edge has no other port than 443."""
        return f":{self.host.partition(':')[2]}" if ":" in self.host else ""

    @property
    def fields(self) -> Fields:
        """As the rule language sees it."""
        return {"http.host": self.name, "http.request.method": self.method, "http.request.uri.path": self.path,
                "ip.src": self.address}  # fmt: skip

    def parameter(self, name: str) -> str:
        """One of the query, empty if it is not there."""
        return (parse_qs(urlsplit(self.target).query).get(name) or [""])[0]

    def cookie(self, name: str) -> str | None:
        try:
            morsel = SimpleCookie(self.headers.get("cookie", "")).get(name)
        except CookieError:
            return None
        return morsel.value if morsel else None


@dataclass(frozen=True, slots=True)
class Passed:
    """It goes to this tunnel, with these headers in addition."""

    tunnel: str
    headers: Mapping[str, str]
