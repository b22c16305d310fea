"""A comment as people see it: Markdown in the look of a forge, taken by a headless browser."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEADLINE_S = 90
WIDTH, HEIGHT = 940, 1180
STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1f2328 }
body { margin: 0; padding: 16px 24px }
h2 { font-size: 20px; border-bottom: 1px solid #d1d9e0; padding-bottom: 6px } h3 { font-size: 16px; margin: 16px 0 6px }
table { border-collapse: collapse; font-size: 13px } td, th { border: 1px solid #d1d9e0; padding: 3px 10px }
tr:nth-child(2n) td { background: #f6f8fa }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font: 12px "DejaVu Sans Mono", monospace }
pre { background: #f6f8fa; padding: 12px; border-radius: 6px } pre code { background: none; padding: 0 }
ul { margin: 4px 0; padding-left: 24px }
"""


def take(text: str, picture: Path) -> bool:
    """Whether there was a browser to take it with."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    with tempfile.TemporaryDirectory(prefix="ai-platform-picture-") as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{shown}", encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--screenshot={picture}",
        ]
        size = f"--window-size={WIDTH},{HEIGHT}"
        subprocess.run([*command, size, page.as_uri()], capture_output=True, timeout=DEADLINE_S, check=True)
    return True
