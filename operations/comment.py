"""Puts reports under a pull request: one comment a report, found again by the hidden tag in its first line.

The token comes from GITHUB_TOKEN, the address of the API from GITHUB_API_URL. Comments of other people are never
touched, whatever they contain.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from operations.failure import USAGE, Failure, guarded
from operations.review.pull_request import PullRequest

TAG = re.compile(r"^<!-- ai-platform preview: [a-z][a-z0-9-]{0,39} -->$")
REPOSITORY = re.compile(r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")
BOT = "github-actions[bot]"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/comment", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="comments that preview-report has written")
    parser.add_argument("--repository", default=os.environ.get("GITHUB_REPOSITORY", ""), metavar="OWNER/NAME")
    parser.add_argument("--pull-request", required=True, type=int, metavar="NUMBER")
    parser.add_argument("--author", default=BOT, help=f"login that the token stands for (default: {BOT})")
    options = parser.parse_args()
    return guarded(lambda: comment(options))


def comment(options: argparse.Namespace) -> None:
    """Raises Failure for a file that is no report, and when the API refuses or does not answer."""
    if not REPOSITORY.fullmatch(options.repository):
        raise Failure(f"{options.repository!r} is no repository", "name it: --repository OWNER/NAME", USAGE)
    token = os.environ.get("GITHUB_TOKEN", "")
    if not token:
        raise Failure("GITHUB_TOKEN is not set", "give the job a token that may write to pull requests", USAGE)
    texts = {file: _text(file) for file in options.files}
    address = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    pull_request = PullRequest(address, options.repository, options.pull_request, token, options.author)
    for file, text in texts.items():
        print(f"{file.name}: {pull_request.put(text.partition(chr(10))[0], text)}", flush=True)


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file} cannot be read: {error}", "write it: scripts/preview-report --output FILE") from None
    if not TAG.fullmatch(text.partition("\n")[0]):
        raise Failure(f"{file} is no report", "write it: scripts/preview-report --output FILE", USAGE)
    return text


if __name__ == "__main__":
    sys.exit(main())
