"""What becomes of a request, in the real edge's order: name, rules, rates, login, tunnel."""

from urllib.parse import quote

from simulators.cloudflare import records, tunnels
from simulators.cloudflare.account import Document
from simulators.cloudflare.edge import login, pages
from simulators.cloudflare.edge.admission import admitting, guarding, key_of, session_seconds
from simulators.cloudflare.edge.asked import Asked, Passed
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.limits import refused
from simulators.cloudflare.edge.selector import Visitor
from simulators.cloudflare.edge.session import COOKIE
from simulators.cloudflare.exposure import TUNNELS
from simulators.reply import Reply

ASSERTION, EMAIL = "Cf-Access-Jwt-Assertion", "Cf-Access-Authenticated-User-Email"


def judged(edge: Edge, asked: Asked) -> Reply | Passed:
    """Carried out between two calls to the API."""
    with edge.lock:
        if asked.name == edge.team_host:
            return login.answered(edge, asked)
        record = next((one for one in edge.account.all(records.KIND) if _leads(one, asked.name)), None)
        if record is None:
            return pages.error(409, 1001, "DNS resolution error", f"{asked.name} is no proxied name of this zone.")
        admitted = _held_back(edge, asked) or _admitted(edge, asked)
        if isinstance(admitted, Reply):
            return admitted
        tunnel = str(record["content"]).removesuffix(TUNNELS)
        if not str(record["content"]).endswith(TUNNELS) or tunnel not in edge.account.kinds.get(tunnels.KIND, {}):
            return pages.error(530, 1016, "Origin DNS error", f"{asked.name} leads to no tunnel of this account.")
        return Passed(tunnel, admitted)


def _leads(record: Document, name: str) -> bool:
    return bool(record["name"] == name and record["type"] in records.ADDRESSES and record["proxied"])


def _held_back(edge: Edge, asked: Asked) -> Reply | None:
    """By the zone's rules, whoever asks."""
    if refused(edge.account, asked.fields):
        return pages.blocked()
    wait = edge.limits.wait(edge.account, asked.fields, edge.clock())
    if wait is None:
        return None
    said = "The owner of this website has banned you temporarily from accessing it."
    return pages.error(429, 1015, "You are being rate limited", said, **{"Retry-After": str(wait)})


def _admitted(edge: Edge, asked: Asked) -> Reply | dict[str, str]:
    """What an origin is told of who asks; or where to log in, or that it is refused."""
    application = guarding(edge.account, asked.name, asked.path)
    if application is None:
        return {}
    if asked.path.startswith(login.ACCESS):
        return _own_page(edge, asked, application)
    told = _without_login(edge, asked, application)
    token = asked.cookie(COOKIE)
    passed = edge.sessions.read(token, application["aud"])
    if told is None and passed and token:
        told = {ASSERTION: token, EMAIL: passed.email}
    if told is not None:
        return told
    if "cf-access-client-id" in asked.headers and application.get("service_auth_401_redirect"):
        return pages.error(401, 1000, "Unauthorized", "The service token is not valid for this application.")
    return _to_login(edge, asked, application, asked.target)


def _without_login(edge: Edge, asked: Asked, application: Document) -> dict[str, str] | None:
    """What an origin is told of a program with a valid service token, or of anybody where the login is bypassed."""
    client, secret = (asked.headers.get(f"cf-access-client-{part}", "") for part in ("id", "secret"))
    policy = admitting(edge.account, application, Visitor(asked.address, key=key_of(edge.account, client, secret)))
    if policy is None:
        return None
    if policy["decision"] == "bypass":
        return {}
    lasts = session_seconds(application, policy)
    return {ASSERTION: edge.sessions.program(application["aud"], client, edge.clock(), lasts)}


def _to_login(edge: Edge, asked: Asked, application: Document, back: str) -> Reply:
    at = f"https://{edge.team_host}{asked.port}{login.LOGIN}{asked.name}"
    return pages.redirect(f"{at}?kid={application['aud']}&redirect_url={quote(back, safe='')}")


def _own_page(edge: Edge, asked: Asked, application: Document) -> Reply:
    """Paths of a guarded name that the edge keeps for itself."""
    token, back = edge.sessions.handovers.pop(asked.parameter("code"), None), _inside(asked.parameter("redirect_url"))
    match asked.path:
        case login.CERTIFICATES:
            return Reply.json(edge.keys.published())
        case login.LOGOUT:
            return login.logged_out(edge, edge.sessions.read(asked.cookie(COOKIE), application["aud"]))
        case login.AUTHORIZED if token and edge.sessions.read(token, application["aud"]):
            hidden = "; HttpOnly" if application.get("http_only_cookie_attribute", True) else ""
            site = str(application.get("same_site_cookie_attribute") or "lax").capitalize()
            cookie = f"{COOKIE}={token}; Path=/; Secure{hidden}; SameSite={site}"
            return pages.redirect(back, **{"Set-Cookie": cookie})
        case login.AUTHORIZED:
            return _to_login(edge, asked, application, back)
    return pages.error(404, 1000, "Not found", f"{asked.path} is no page of the edge.")


def _inside(target: str) -> str:
    """A path of the same host, whatever the address says."""
    return target if target.startswith("/") and target[1:2] not in ("/", "\\") else "/"
