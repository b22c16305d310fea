"""The team's domain: where people log in, and where the keys are published."""

from urllib.parse import quote

from simulators.cloudflare.account import Document
from simulators.cloudflare.edge import pages
from simulators.cloudflare.edge.admission import admitting, guarding, session_seconds
from simulators.cloudflare.edge.asked import Asked
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.selector import Visitor
from simulators.cloudflare.edge.session import COOKIE, Login
from simulators.reply import Reply

ACCESS = "/cdn-cgi/access/"
LOGIN, CERTIFICATES, LOGOUT, AUTHORIZED = (f"{ACCESS}{each}" for each in ("login/", "certs", "logout", "authorized"))


def answered(edge: Edge, asked: Asked) -> Reply:
    """One request to the team's domain."""
    if asked.path == CERTIFICATES:
        return Reply.json(edge.keys.published())
    login = edge.sessions.read(asked.cookie(COOKIE), edge.sessions.issuer)
    if asked.path == LOGOUT:
        return logged_out(edge, login)
    host = asked.path.removeprefix(LOGIN)
    application = guarding(edge.account, host)
    if not asked.path.startswith(LOGIN) or application is None:
        return pages.error(404, 1000, "Not found", "Unable to find your Access application.")
    return _handed_over(edge, asked, application, login) if login else _asked_for(edge, asked, application)


def _asked_for(edge: Edge, asked: Asked, application: Document) -> Reply:
    """First the address, then the code that was sent there."""
    host = asked.path.removeprefix(LOGIN)
    email, code = asked.form.get("email", "").strip().lower(), asked.form.get("code")
    if asked.method != "POST" or "@" not in email:
        return pages.ask_address(host, "An address is needed." if asked.method == "POST" else "")
    if code is None:
        return _mailed(edge, asked, application, email)
    if not edge.mailbox.accept(email, host, code, edge.clock()):
        return pages.ask_pin(host, email, "That code is wrong or has ended.", 400)
    return _handed_over(edge, asked, application, Login.of(email))


def _mailed(edge: Edge, asked: Asked, application: Document, email: str) -> Reply:
    """Nobody else is sent anything. The real edge does not tell them so; this one does."""
    host = asked.path.removeprefix(LOGIN)
    if not admitting(edge.account, application, Visitor(asked.address, email)):
        return pages.forbidden(host)
    edge.mailbox.send(email, host, edge.clock())
    return pages.ask_pin(host, email)


def _handed_over(edge: Edge, asked: Asked, application: Document, login: Login) -> Reply:
    """Back to the application, which exchanges the code for its own session."""
    host, now = asked.path.removeprefix(LOGIN), edge.clock()
    policy = admitting(edge.account, application, Visitor(asked.address, login.email))
    if policy is None:
        return pages.forbidden(host)
    token = edge.sessions.person(application["aud"], login, now, session_seconds(application, policy))
    back = quote(asked.parameter("redirect_url"), safe="")
    location = f"https://{host}{asked.port}{AUTHORIZED}?code={edge.sessions.hand_over(token)}&redirect_url={back}"
    team = f"{COOKIE}={edge.sessions.team(login, now)}; Path=/; HttpOnly; Secure; SameSite=Lax"
    return pages.redirect(location, **{"Set-Cookie": team})


def logged_out(edge: Edge, login: Login | None) -> Reply:
    """Ends the login everywhere, and lets the browser forget this host's cookie."""
    if login:
        edge.sessions.end(login)
    reply = pages.logged_out()
    gone = f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
    return Reply(reply.status, reply.body, {**reply.headers, "Set-Cookie": gone})
