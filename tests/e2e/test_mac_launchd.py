"""launchd and the rotation of logs on a simulated Mac: what a host script must not be surprised by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.mac_machine import Mac, new_mac, plist


@pytest.fixture(scope="module")
def mac() -> Iterator[Mac]:
    """A Mac that the tests of this file change one after the other."""
    yield from new_mac("e2e-launchd", 2397)


def test_a_job_gets_256_files_unless_it_asks_and_a_signal_is_told(mac: Mac) -> None:
    mac.ok(plist("e2e.files", ["/bin/sh", "-c", "ulimit -n >/tmp/files; kill -9 $$"], RunAtLoad="<true/>"))
    assert mac.ok("until [ -s /tmp/files ]; do sleep 0.1; done; cat /tmp/files") == "256\n"
    told = "until launchctl print system/e2e.files | grep 'last terminating signal = Killed: 9'; do sleep 0.1; done"
    mac.ok(told)
    limits = "<dict><key>NumberOfFiles</key><integer>4096</integer></dict>"
    asks = plist("e2e.more", ["/bin/sh", "-c", "ulimit -n >/tmp/more"], RunAtLoad="<true/>", SoftResourceLimits=limits)
    mac.ok(asks)
    assert mac.ok("until [ -s /tmp/more ]; do sleep 0.1; done; cat /tmp/more") == "4096\n"


def test_kickstart_does_not_read_the_file_again(mac: Mac) -> None:
    mac.ok(plist("e2e.again", ["/bin/sh", "-c", "echo one >/tmp/again; exec sleep 600"], RunAtLoad="<true/>"))
    mac.ok("until [ -s /tmp/again ]; do sleep 0.1; done")
    path = "/Library/LaunchDaemons/e2e.again.plist"
    mac.ok(
        f"sed 's/echo one/echo two/' {path} | sudo tee {path}.new >/dev/null; sudo mv {path}.new {path}; rm /tmp/again"
    )
    mac.ok("sudo launchctl kickstart -k system/e2e.again")
    assert mac.ok("until [ -s /tmp/again ]; do sleep 0.1; done; cat /tmp/again") == "one\n"


def test_launchctl_faults(mac: Mac) -> None:
    with mac.fault("launchctl-drain", "3"):
        mac.ok("sudo launchctl bootout system/e2e.again")
        assert "state = SIGTERMed" in mac.ok("launchctl print system/e2e.again")
        assert mac.shell("sudo launchctl bootstrap system /Library/LaunchDaemons/e2e.again.plist").returncode == 5
    mac.ok("while launchctl print system/e2e.again >/dev/null 2>&1; do sleep 0.2; done")
    with mac.fault("launchctl-bootstrap-5"):
        assert mac.shell("sudo launchctl bootstrap system /Library/LaunchDaemons/e2e.again.plist").returncode == 5
    mac.ok("launchctl print system/e2e.again; sudo launchctl bootout system /Library/LaunchDaemons/e2e.again.plist")


def test_newsyslog_renames_what_a_job_still_writes(mac: Mac) -> None:
    mac.ok(
        "sudo install -d -o admin -g staff /var/log/e2e; echo '/var/log/e2e/a.log admin:staff 644 2 1 * JN' |"
        " sudo tee /etc/newsyslog.d/e2e.conf >/dev/null"
    )
    for _ in range(4):
        mac.ok("exec 3>>/var/log/e2e/a.log; yes | head -c 2000 >&3; sudo newsyslog; echo later >&3")
    assert mac.ok("ls /var/log/e2e").split() == ["a.log", "a.log.0.bz2", "a.log.1.bz2"]
    assert "logfile turned over due to size>1K" in mac.ok("cat /var/log/e2e/a.log")
    assert "later" not in mac.ok("cat /var/log/e2e/a.log")
