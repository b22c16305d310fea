"""The pages that visitors see: errors, and the few of a login. Every text is escaped."""

from html import escape

from simulators.reply import Reply

HEAD = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Server": "cloudflare"}


def error(status: int, code: int, title: str, said: str, **headers: str) -> Reply:
    """An error of the edge itself, with Cloudflare's number for it."""
    return _page(status, f"Error {code}", f"<h1>Error {code}: {escape(title)}</h1><p>{escape(said)}</p>", **headers)


def blocked() -> Reply:
    """By a rule of the zone."""
    return error(403, 1020, "Access denied", "This website is using a security service. The action was blocked.")


def forbidden(host: str) -> Reply:
    """Logged in, and not admitted."""
    said = "That account does not have access."
    return _page(403, "Forbidden", f"<h1>Forbidden</h1><p>{said}</p><p>{escape(host)}</p>")


def ask_address(host: str, said: str = "") -> Reply:
    """The first page of a login."""
    return _form(host, f"<p>{escape(said)}</p><label>Email <input type=email name=email required autofocus></label>"
                 "<button>Send me a code</button>")  # fmt: skip


def ask_pin(host: str, email: str, said: str = "", status: int = 200) -> Reply:
    """The second page of a login."""
    return _form(
        host,
        f"<p>A code has been emailed to {escape(email)}.</p><p>{escape(said)}</p>"
        f'<input type=hidden name=email value="{escape(email)}">'
        "<label>Code <input name=code inputmode=numeric required autofocus></label><button>Sign in</button>",
        status,
    )


def logged_out() -> Reply:
    return _page(200, "Logged out", "<h1>You have successfully logged out</h1>")


def redirect(location: str, **headers: str) -> Reply:
    return Reply(302, b"", {"Location": location, "Cache-Control": "no-store", "Server": "cloudflare", **headers})


def _form(host: str, inside: str, status: int = 200) -> Reply:
    return _page(status, "Sign in", f"<h1>Log in to {escape(host)}</h1><form method=post>{inside}</form>")


def _page(status: int, title: str, body: str, **headers: str) -> Reply:
    html = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><body>{body}</body></html>\n"
    )
    return Reply(status, html.encode(), {**HEAD, **headers})
