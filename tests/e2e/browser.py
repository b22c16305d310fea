"""A headless Chromium that comes to the names of a simulated edge, and may trust its authority."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from toolchain.debian_packages import ensure_program

PATIENCE_S = 60
CHANGED = "ERR_NETWORK_CHANGED"
"""Chromium gives up what it is loading whenever a network comes or goes on the machine, as Docker's do beside it."""
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
        try:
            self._driver.get(url)
        except WebDriverException as error:
            if CHANGED not in str(error):
                raise

    @property
    def url(self) -> str:
        return self._driver.current_url

    def text(self) -> str:
        """What is to be read on the page."""
        return self._driver.find_element(By.TAG_NAME, "body").text

    def wait_for(self, text: str) -> None:
        """Raises TimeoutException."""
        self._until(lambda _: text in self.text(), f"{text!r} is not to be read at {self.url}")

    def fill(self, field: str, value: str) -> None:
        """Types into the field of that name, and sends the form."""
        found: WebElement = self._until(lambda driver: driver.find_element(By.NAME, field), f"no field {field!r}")
        found.send_keys(value)
        found.submit()

    def _until(self, look: Callable[[Chrome], Any], message: str) -> Any:
        """What `look` finds. A page that was given up for a change of networks is loaded again, as a person would."""

        def looked(driver: Chrome) -> Any:
            told = driver.get_log("browser")  # type: ignore[no-untyped-call]
            if any(CHANGED in line["message"] for line in told) or CHANGED in self.text():
                driver.refresh()
            return look(driver)

        # A page that is being built anew takes its elements with it.
        return WebDriverWait(self._driver, PATIENCE_S, ignored_exceptions=[WebDriverException]).until(looked, message)


def _trust(database: Path, authority: Path) -> None:
    """As a person does in the settings of the browser: it reads this database of its user."""
    database.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "simulated edge", "-i", str(authority)]):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, timeout=60, capture_output=True)
