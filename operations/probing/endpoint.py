"""What is to be probed: one entry of the stack output `endpoints`, read strictly."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

Method = Literal["GET", "TCP", "POSTGRES", "REDIS", "CERTIFICATE"]
SCHEMES: dict[str, tuple[Method, ...]] = {"http": ("GET",), "https": ("GET",), "tcp": ("TCP", "POSTGRES", "REDIS")}
DEFAULT_PORTS = {"http": 80, "https": 443}
URL_CHARACTERS = frozenset(string.ascii_letters + string.digits + string.punctuation)


class EndpointsError(ValueError):
    """The list of endpoints cannot be probed as it stands; the text names the entry, the value and the cause."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is expected of the certificate that is served to who asks for `name`: more than `renew_days` left.

    `issued` and `authority`, PEM, are the one issued last and who verifies it; empty where nobody here knows them.
    `remedy` is the command that issues it anew.
    """

    name: str
    renew_days: int
    issued: str = ""
    authority: str = ""
    remedy: str = "make up"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address and how to ask it. `status` counts for GET only; `timeout`, in seconds, covers the whole probe.

    `starts_tls`: TLS begins once the server has agreed to it, as Postgres wants it. CERTIFICATE is the method of a row
    of its own, made by operations/probing/certificate.py.
    """

    name: str
    service: str
    host: str
    url: str
    method: Method
    path: str
    status: int
    timeout: float
    needs: tuple[str, ...]
    address: str
    port: int
    tls: bool
    certificate: Certificate | None = None
    starts_tls: bool = False


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    return Certificate(name=str(entry["name"]), renew_days=int(entry["renew_days"]))


def parse_endpoint(entry: Mapping[str, Any]) -> Endpoint:
    """Read one entry of the output; raises EndpointsError with the name of the entry and the fault."""
    name = entry.get("name")
    try:
        probe = entry["probe"]
        url, path = str(entry["url"]), str(probe["path"])
        parts = urlsplit(url)
        if probe["method"] not in SCHEMES.get(parts.scheme, ()):
            raise ValueError(f"method {probe['method']!r} does not go with the url {url!r}")
        if not URL_CHARACTERS.issuperset(url + path):
            raise ValueError(f"{url + path!r} holds characters that do not belong in a URL")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        if not parts.hostname or not port:
            raise ValueError(f"the url {url!r} lacks a host or a port")
        timeout = float(probe["timeout"])
        if not 0 < timeout <= 600:
            raise ValueError(f"timeout {timeout} is not between 0 and 600 seconds")
        certificate = entry.get("certificate")
        return Endpoint(
            name=str(entry["name"]), service=str(entry["service"]), host=str(entry["host"]), url=url,
            method=probe["method"], path=parts.path.rstrip("/") + path if parts.scheme != "tcp" else "",
            status=int(probe["status"]), timeout=timeout, needs=tuple(str(need) for need in entry["needs"]),
            address=parts.hostname, port=port, tls=parts.scheme == "https",
            certificate=_certificate(certificate) if certificate else None,
            starts_tls=probe["method"] == "POSTGRES",
        )  # fmt: skip
    except KeyError as fault:
        raise EndpointsError(f"endpoint {name!r}: the field {fault} is missing") from None
    except (AttributeError, TypeError, ValueError) as fault:
        raise EndpointsError(f"endpoint {name!r}: {fault}") from None


def parse_endpoints(document: object) -> list[Endpoint]:
    """Read the whole output; raises EndpointsError when it is empty, malformed or names one endpoint twice."""
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise EndpointsError("the endpoints are not a JSON list of objects")
    if not document:
        raise EndpointsError("the list of endpoints is empty, so there is nothing to tell")
    endpoints = [parse_endpoint(entry) for entry in document]
    seen: set[str] = set()
    for endpoint in endpoints:
        if endpoint.name in seen:
            raise EndpointsError(f"endpoint {endpoint.name!r}: the name is used twice, so `needs` is ambiguous")
        seen.add(endpoint.name)
    return endpoints


def with_needs(endpoints: Iterable[Endpoint], names: Iterable[str]) -> list[Endpoint]:
    """Those named and everything that they need, directly or not, in the order of the list.

    Raises EndpointsError for a name that the list does not hold; a missing need is left to the verdict.
    """
    by_name = {endpoint.name: endpoint for endpoint in endpoints}
    wanted: set[str] = set()
    queue = list(names)
    for name in queue:
        if name not in by_name:
            raise EndpointsError(f"no endpoint is named {name!r}; there are: {', '.join(sorted(by_name))}")
    while queue:
        name = queue.pop()
        if name in by_name and name not in wanted:
            wanted.add(name)
            queue.extend(by_name[name].needs)
    return [endpoint for name, endpoint in by_name.items() if name in wanted]
