"""A headless Chromium that comes to the names of a simulated edge, and may trust its authority."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from toolchain.debian_packages import ensure_program

PATIENCE_S = 60
ZONES = ("*.dev.test", "*.cloudflareaccess.com")
PROGRAMS = {
    "chromium": ["chromium", "fonts-dejavu-core"],
    "chromedriver": ["chromium-driver"],
    "certutil": ["libnss3-tools"],
}


@contextmanager
def browsing(home: Path, authority: Path | None = None) -> Iterator[Browser]:
    """A browser with its profile below `home`. ZONES are on this machine, as a line of /etc/hosts would say."""
    for program, packages in PROGRAMS.items():
        ensure_program(program, packages)
    if authority:
        _trust(home / ".pki" / "nssdb", authority)
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1000,640",
        f"--user-data-dir={home / 'profile'}", "--no-first-run", "--disable-background-networking",
        f"--host-resolver-rules={', '.join(f'MAP {zone} 127.0.0.1' for zone in ZONES)}",
    ):  # fmt: skip
        options.add_argument(argument)
    service = Service("/usr/bin/chromedriver", env={**os.environ, "HOME": str(home)})
    driver = Chrome(options, service)
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """What a person does with it, and sees."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def open(self, url: str) -> None:
        """A page of the browser's own tells of a certificate that it does not trust."""
        self._driver.get(url)

    @property
    def url(self) -> str:
        return self._driver.current_url

    def text(self) -> str:
        """What is to be read on the page."""
        return self._driver.find_element(By.TAG_NAME, "body").text

    def wait_for(self, text: str) -> None:
        """Raises TimeoutException."""
        self._wait().until(lambda _: text in self.text(), f"{text!r} is not to be read at {self.url}: {self.text()}")

    def fill(self, field: str, value: str) -> None:
        """Types into the field of that name, and sends the form."""
        found: WebElement = self._wait().until(lambda driver: driver.find_element(By.NAME, field))
        found.send_keys(value)
        found.submit()

    def _wait(self) -> WebDriverWait[Chrome]:
        # A page that is being built anew takes its elements with it.
        return WebDriverWait(self._driver, PATIENCE_S, ignored_exceptions=[WebDriverException])


def _trust(database: Path, authority: Path) -> None:
    """As a person does in the settings of the browser: it reads this database of its user."""
    database.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "simulated edge", "-i", str(authority)]):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, timeout=60, capture_output=True)
