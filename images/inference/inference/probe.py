"""`python -m inference.probe URL` exits 0 if URL answers 200 within five seconds, 1 otherwise."""

import http.client
import sys
import urllib.error
import urllib.request

TIMEOUT = 5.0


def main(url: str) -> int:
    """Prints the status or the cause; the health check of a container needs no other program."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - the caller's own service
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f"{url}: {error}")
        return 1
    print(f"{url}: {status}")
    return 0 if status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
