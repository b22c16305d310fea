"""The part of Cloudflare's rule language that the platform writes: read whole, or refused. Pure.

    expression := term ("or" term)*      term := factor ("and" factor)*      factor := "not" factor | "(" ... ")" | test
    test := "true" | FIELD ("eq" | "ne") STRING | FIELD "in" "{" STRING... "}" | "starts_with(" FIELD "," STRING ")"

Precedence, fields and functions: developers.cloudflare.com/ruleset-engine/rules-language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

FIELDS = frozenset({"http.host", "http.request.method", "http.request.uri.path", "ip.src"})
TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\["\\])*")|([A-Za-z_][A-Za-z0-9_.]*)|([(){},]))')
END = ""

Request = Mapping[str, str]
"""A value for each field."""
Test = Callable[[Request], bool]


class NotUnderstood(ValueError):
    """An expression that is not of this part of the language; the text says from where on."""


@lru_cache(maxsize=1000)
def parse(text: str) -> Test:
    """Raises NotUnderstood."""
    reader = _Reader(_tokens(text))
    test = reader.expression()
    reader.take(END)
    return test


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            raise NotUnderstood(f"not understood from {text[place:].strip()[:40]!r} on")
        found.append(match[0].strip())
        place = match.end()
    return [*found, END]


@dataclass
class _Reader:
    tokens: list[str]

    def take(self, expected: str | None = None) -> str:
        if expected is not None and self.tokens[0] != expected:
            raise NotUnderstood(f"{expected or 'the end'!r} expected, not {' '.join(self.tokens[:4]) or 'the end'!r}")
        return self.tokens.pop(0) if self.tokens[0] else END

    def expression(self) -> Test:
        terms = [self._term()]
        while self.tokens[0] == "or":
            self.take()
            terms.append(self._term())
        return lambda request: any(term(request) for term in terms)

    def _term(self) -> Test:
        factors = [self._factor()]
        while self.tokens[0] == "and":
            self.take()
            factors.append(self._factor())
        return lambda request: all(factor(request) for factor in factors)

    def _factor(self) -> Test:
        match self.tokens[0]:
            case "not":
                self.take()
                denied = self._factor()
                return lambda request: not denied(request)
            case "(":
                self.take()
                inner = self.expression()
                self.take(")")
                return inner
            case "true":
                self.take()
                return lambda _: True
            case "starts_with":
                return self._starts_with()
        return self._comparison()

    def _starts_with(self) -> Test:
        self.take()
        self.take("(")
        field = self._field()
        self.take(",")
        beginning = self._string()
        self.take(")")
        return lambda request: request[field].startswith(beginning)

    def _comparison(self) -> Test:
        field = self._field()
        match self.take():
            case "eq":
                equal = self._string()
                return lambda request: request[field] == equal
            case "ne":
                other = self._string()
                return lambda request: request[field] != other
            case "in":
                members = self._members()
                return lambda request: request[field] in members
            case operator:
                raise NotUnderstood(f"{operator!r} after {field} is none of eq, ne and in")

    def _members(self) -> frozenset[str]:
        self.take("{")
        members = set()
        while self.tokens[0] != "}":
            members.add(self._string())
        self.take("}")
        return frozenset(members)

    def _field(self) -> str:
        field = self.take()
        if field not in FIELDS:
            raise NotUnderstood(f"{field!r} is none of the fields {', '.join(sorted(FIELDS))}")
        return field

    def _string(self) -> str:
        text = self.take()
        if not text.startswith('"'):
            raise NotUnderstood(f"a text in double quotes expected, not {text or 'the end'!r}")
        return re.sub(r"\\(.)", r"\1", text[1:-1])
