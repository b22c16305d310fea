"""The programs of a simulated Mac print and end as those of macOS do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.e2e.mac_machine import BREW, Mac, new_mac


@pytest.fixture(scope="module")
def mac() -> Iterator[Mac]:
    """A Mac that the tests of this file change one after the other."""
    yield from new_mac("e2e-tools", 2391)


# Command, exit status, pattern of the whole output.
SYSTEM: list[tuple[str, int, str]] = [
    ("sw_vers -productVersion", 0, r"26\.6\.2"),
    ("uname -sm", 0, "Darwin arm64"),
    ("sysctl -n hw.memsize", 0, r"\d{11}"),
    ("sysctl nothing.there", 1, "sysctl: unknown oid 'nothing.there'"),
    ("sysctl iogpu.wired_limit_mb=1", 1, "iogpu.wired_limit_mb: 0\nsysctl: .*Operation not permitted"),
    ("systemsetup -getremotelogin", 1, "You need administrator access to run this tool... exiting!"),
    ("sudo systemsetup -getremotelogin", 0, "Remote Login: On"),
    ("sudo systemsetup -setremotelogin off", 1, ".*requires Full Disk Access privileges."),
    ("sudo systemsetup -getusingnetworktime", 0, "Network Time: On"),
    ("sudo systemsetup -setusingnetworktime off", 0, "### Error:-99 .*\nsetNetworkTime: Off"),
    ("sudo systemsetup -setusingnetworktime on", 0, "### Error:-99 .*\nsetNetworkTime: On"),
    ("sudo systemsetup -setrestartpowerfailure on", 0, "Restart After Power Failure: Not supported on this machine."),
    ("softwareupdate -l", 0, "Software Update Tool\n\nFinding available software\nNo new software available."),
    ("sudo softwareupdate --schedule off", 0, "Automatic checking for updates is turned off"),
    ("softwareupdate --schedule", 0, "Automatic checking for updates is turned off"),
    ("defaults read /Library/Preferences/com.apple.SoftwareUpdate AutomaticDownload", 1, "(?s).*does not exist"),
    ("defaults write /Library/Preferences/com.apple.SoftwareUpdate A -bool false", 1, "(?s).*Could not write domain.*"),
    ("sudo defaults write /Library/Preferences/com.apple.SoftwareUpdate AutomaticDownload -bool false", 0, ""),
    ("defaults read /Library/Preferences/com.apple.SoftwareUpdate AutomaticDownload", 0, "0"),
    ("sudo defaults delete /Library/Preferences/com.apple.SoftwareUpdate AutomaticDownload", 0, ""),
    ("fdesetup status", 0, "FileVault is Off."),
    ("scutil --get HostName", 1, "HostName: not set"),
    ("scutil --set HostName mini", 1, "scutil: .*"),
    ("sudo scutil --set HostName mini && scutil --get HostName", 0, "mini"),
    ("/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate", 0, r"Firewall is disabled\. \(State = 0\)"),
    ("/usr/libexec/ApplicationFirewall/socketfilterfw --listapps", 0, r"(?s)Total number of apps = 1 .*sshd-session.*"),
    ("sudo mdutil -a -i off", 0, r"(?s)/:\n\tIndexing disabled\. \n/System/Volumes/Data:\n\tIndexing disabled\. "),
    ("sntp time.apple.com", 0, r"\+0\.000000 \+/- .* time\.apple\.com .*"),
    ("xcode-select -p", 0, "/Library/Developer/CommandLineTools"),
    ("sudo pmset -a sleep 5 displaysleep 10", 0, 'Warning: Idle sleep timings for "AC Power" may not behave .*'),
    ("pmset -a sleep 0", 1, "'pmset' must be run as root..."),
    ("sudo pmset -a sleep 0; pmset -g custom | awk '$1==\"sleep\"{print $2}'", 0, "0"),
    ("launchctl print-disabled system | grep com.openssh.sshd", 0, '\t"com.openssh.sshd" => enabled'),
    ("sudo launchctl bootout gui/501/sh.brew.ollama", 125, "Boot-out failed: 125: Domain does not support .*"),
    ("sudo launchctl bootout system/nothing", 3, "Boot-out failed: 3: No such process"),
    ("plutil -lint /var/db/com.apple.xpc.launchd/disabled.plist", 0, ".*: OK"),
    ("plutil -extract com.apple.ftpd raw /var/db/com.apple.xpc.launchd/disabled.plist", 1, "(?s).*key path.*"),
    ("df -kP /System/Volumes/Data | awk 'NR==2{print NF, $1, $6}'", 0, "6 /dev/disk3s5 /System/Volumes/Data"),
    ("df -k / | awk 'NR==2{print NF, $9}'", 0, "9 /"),
]
ACCOUNTS: list[tuple[str, int, str]] = [
    ("dscl . -read /Users/admin NFSHomeDirectory", 0, "NFSHomeDirectory: /Users/admin"),
    ("dscl . -read /Users/nobodyhere UniqueID", 56, r"<dscl_cmd> DS Error: -14136 \(eDSRecordNotFound\)"),
    ("dscl . -read /Groups/com.apple.access_ssh GroupMembership", 56, ".*eDSRecordNotFound.*"),
    ("dscl . -list /Users | grep -c '^admin$'", 0, "1"),
    ("sysadminctl -addUser ai", 0, ".*Operation is not permitted without secure token unlock."),
    ("sudo sysadminctl -addUser ai -fullName 'A I' -home /Users/ai", 0, "(?s).*Assigning UID: 502 GID: 20\n.*"),
    ("id -un ai; id -gn ai; ls -ld /Users/ai | awk '{print $3 \":\" $4}'", 0, "ai\nstaff\nai:staff"),
    ("sudo sysadminctl -addUser ai", 0, ".*User ai already exists"),
    ("sudo dscl . -create /Users/ai UserShell /bin/sh && dscl . -read /Users/ai UserShell", 0, "UserShell: /bin/sh"),
    ("sudo dscl . -append /Groups/com.apple.access_ssh GroupMembership ai", 0, ""),
    ("dscl . -read /Groups/com.apple.access_ssh GroupMembership", 0, "GroupMembership: ai"),
    ("sudo sysadminctl -deleteUser ai; test -e /Users/ai", 1, ".*Deleting record for ai"),
]
ABSENT = ["timeout", "flock", "setsid", "nproc", "tac", "free", "ss", "ip", "systemctl", "useradd", "getent", "apt-get"]
ABSENT += ["sha256sum", "md5sum"]
BSD: list[tuple[str, int, str]] = [
    ("cd /tmp; echo a >f; sed -i 's/a/b/' f", 1, 'sed: 1: "f": invalid command code f'),
    ("echo a >/tmp/f; sed -i 's/a/b/' /tmp/f", 1, 'sed: 1: "/tmp/f": invalid command code f'),
    ("echo a >/tmp/plain; sed -i 's/a/b/' /tmp/plain", 1, "sed: .*extra characters at the end of p command"),
    ("echo a >/tmp/f; sed -i '' 's/a/b/' /tmp/f; cat /tmp/f", 0, "b"),
    ("echo a >/tmp/f; sed -i.bak 's/a/b/' /tmp/f; cat /tmp/f /tmp/f.bak", 0, "b\na"),
    ("echo abc | sed -E 's/(b)/<\\1>/'", 0, "a<b>c"),
    ("echo a | sed --expression s/a/b/", 1, "(?s)sed: illegal option -- -\nusage: sed .*"),
    ("stat -c %a /tmp", 1, r"stat: illegal option -- c\nusage: .*"),
    ("chmod 600 /tmp/f; stat -f '%Lp %Su:%Sg %z' /tmp/f", 0, "600 admin:staff 2"),
    ("stat /tmp/nothing", 1, "stat: /tmp/nothing: stat: No such file or directory"),
    ("date -d tomorrow", 1, "(?s)date: illegal option -- d\nusage: .*"),
    ("date -u -r 0 +%F", 0, "1970-01-01"),
    ("date -u -j -f %Y-%m-%d -v+1d 2026-02-28 +%F", 0, "2026-03-01"),
    ("readlink -e /tmp", 1, "(?s)readlink: illegal option -- e\nusage: .*"),
    ("realpath -m /tmp", 1, "(?s)realpath: illegal option -- m\nusage: .*"),
    ("mktemp --directory", 1, "(?s)mktemp: illegal option -- -\nusage: .*"),
    ("mktemp -d /tmp/x.XXXXXX", 0, r"/tmp/x\.[A-Za-z0-9]{6}"),
    ("mktemp /tmp/x.XXX.txt", 0, r"/tmp/x\.XXX\.txt"),
    ("head -n -2 /etc/shells", 1, "head: illegal line count -- -2"),
    ("yes | head -n 2; yes | head -1", 0, "y\ny\ny"),
    ("printf '%060d' 1 | base64 | wc -l | tr -d ' '", 0, "1"),
    ("echo aGk= | base64 -D; echo aGk= | base64 -d", 0, "hihi"),
    ("base64 --wrap=0 /dev/null", 1, "(?s)base64: illegal option -- -\n.*"),
    ("printf hi | shasum -a 256", 0, "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4  -"),
    ("printf hi >/tmp/f; md5 -q /tmp/f; md5 /tmp/f", 0, r"49f68a5c\w+\nMD5 \(/tmp/f\) = 49f68a5c\w+"),
    ("df --output=size /", 1, "(?s)df: illegal option -- -\nusage: .*"),
    *((f"command -v {name}", 1, "") for name in ABSENT),
    ("timeout 1 true", 127, ".*timeout: command not found"),
]
HOMEBREW: list[tuple[str, int, str]] = [
    ("sudo brew list", 1, "(?s)Error: Running Homebrew as root is extremely dangerous.*"),
    ("brew list --versions redis", 1, ""),
    ("brew install nothing-like-it", 1, 'Error: No available formula with the name "nothing-like-it".'),
    ("brew pin redis", 1, "Error: redis not installed"),
    ("brew upgrade redis", 1, "Error: redis not installed"),
    ("brew install redis >/dev/null; brew list --versions redis", 0, r"redis 7\.\S+"),
    ("brew install redis", 0, "Warning: redis .* is already installed and up-to-date."),
    ("brew outdated redis", 0, ""),
    ("brew install macmon", 1, 'Error: No available formula with the name "macmon".'),
    ("brew tap vladkens/tap", 1, "(?s).*Refusing to load formula vladkens/tap/macmon from untrusted tap.*"),
    ("brew trust vladkens/tap; brew tap vladkens/tap", 0, "(?s)==> Tapping vladkens/tap\nTapped 1 formula."),
    ("brew install macmon >/dev/null; brew list --versions macmon", 0, r"macmon \S+"),
    ("brew unpack redis", 1, "Error: redis: its source is not in the simulator, only its bottle"),
    ("brew pin redis; brew pin redis", 0, "Warning: redis already pinned"),
    ("readlink /opt/homebrew/var/homebrew/pinned/redis", 0, r"\.\./\.\./\.\./Cellar/redis/\S+"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "status", "output"), SYSTEM + ACCOUNTS + BSD)
def test_a_program_answers_as_on_macos(mac: Mac, command: str, status: int, output: str) -> None:
    ended = mac.shell(command)
    assert (ended.returncode, bool(re.fullmatch(output, ended.stdout.strip("\n")))) == (status, True), ended.stdout


@pytest.mark.parametrize(("command", "status", "output"), HOMEBREW)
def test_brew_answers_as_homebrew(mac: Mac, command: str, status: int, output: str) -> None:
    ended = mac.shell(f"{BREW} cd /tmp; {command}")
    assert (ended.returncode, bool(re.fullmatch(output, ended.stdout.strip("\n")))) == (status, True), ended.stdout


@pytest.mark.parametrize(
    ("fault", "command", "status", "output"),
    [
        (("sudo-password", ""), "sudo -n true", 1, "sudo: a password is required"),
        (("disk-full", "512"), "df -kP /System/Volumes/Data | awk 'NR==2{print $4}'", 0, "512"),
        (("filevault", "open sesame"), "fdesetup status", 0, "FileVault is On."),
        (("softwareupdate-slow", "1"), "softwareupdate -l", 0, "(?s).*No new software available."),
        (("clock-offset", "90"), "sntp time.apple.com", 0, r"\+90\.000000 .*"),
        (("no-command-line-tools", ""), "xcode-select -p", 2, "xcode-select: error: .*"),
    ],
)
def test_a_fault_shows(mac: Mac, fault: tuple[str, str], command: str, status: int, output: str) -> None:
    with mac.fault(*fault):
        ended = mac.shell(command)
    assert (ended.returncode, bool(re.fullmatch(output, ended.stdout.strip("\n")))) == (status, True), ended.stdout
