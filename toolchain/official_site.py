"""Whether Pulumi's download site can be reached from here, asked once per process."""

from functools import cache

import requests

SITE = "https://get.pulumi.com"
CHECK_S = 3.0


@cache
def official_site_answers() -> bool:
    """True when the site answers a request within 3 s; a proxy's refusal counts as no answer."""
    try:
        return requests.head(f"{SITE}/latest-version", timeout=CHECK_S, allow_redirects=True).ok
    except requests.RequestException:
        return False
