"""Everything that a Mac of the plan is to be: packages, accounts, firewall, native servers with data.

What somebody changes by hand is found and put right, and nothing beside it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hosts.mac.postgres import PostgresDatabase
from hosts.mac.spec import Account, Colima, Firewall, MacSpec, Ollama, Postgres, Redis
from hosts.package import Package
from hosts.report import Exit
from operations.databases.apply import apply
from operations.databases.migrator import Migrator
from operations.databases.server import administrator
from planning.firewall import Rule
from tests.e2e import mac_database
from tests.e2e.mac import ADDRESS, Mac, new_mac
from tests.e2e.mac_backup import require_way_back, server_of
from tests.e2e.mac_redis import require_queues_way_back
from tests.e2e.mac_tls import Client, certified, require_tls

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJJ"
ADMINISTRATOR, PLATFORM = "it's: a \\ $(id) `id`", "p\"l'a t"
SECRETS = {
    "password.postgres": ADMINISTRATOR, "password.platform-database": PLATFORM, "password.redis": "letters123",
    **certified(1),
}  # fmt: skip
DATABASE = PostgresDatabase(
    name="platform", role="platform", secret="password.platform-database", extensions=("vector",)
)
SPEC = MacSpec(
    user="admin",
    packages=(Package(name="node", version="25.2.1"), Package(name="macmon", tap="vladkens/tap")),
    accounts=(
        Account(name="ada", authorized_keys=(f"{KEY} ada",), admin=True),
        Account(name="bob", authorized_keys=(f"{KEY} bob",)),
    ),
    firewall=Firewall(
        ports=(
            Rule(service="postgres", port=5432, sources=("172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16")),
            Rule(service="redis", port=6379, sources=("203.0.113.0/24",)),
        )
    ),
    ollama=Ollama(bind="0.0.0.0"),
    colima=Colima(),
    postgres=(Postgres(sources=("172.16.0.0/12", "192.168.0.0/16"), databases=(DATABASE,)),),
    redis=(Redis(),),
    wired_limit_mb=16_000,
)
POSTGRES_PORT, REDIS_PORT = 15433, 16380


def bootout(service: str) -> str:
    """A command that ends a job, and returns when it is gone."""
    label = f"system/ai-platform.{service}"
    return f"sudo launchctl bootout {label}; while launchctl print {label} >/dev/null 2>&1; do sleep 0.1; done"


@pytest.fixture(scope="module")
def provisioned() -> Iterator[Mac]:
    """A Mac that has its role."""
    ports = {"postgres": POSTGRES_PORT, "redis": REDIS_PORT, "ollama": 11437}
    for made in new_mac("e2e-role", 2324, SPEC, SECRETS, **ports):
        offer_newer_pgvector(made)
        code, report = made.run()
        assert code == Exit.OK, report
        yield made


def offer_newer_pgvector(mac: Mac) -> None:
    """The simulator's pgvector under the number of a release that is new enough; nothing else of it differs."""
    source = "/opt/simulator/bottles/pgvector/source"
    rename = f"cd {source} && sed -i '' 's/0\\.8\\.0/0.8.6/' vector.control Makefile"
    subprocess.run(["docker", "exec", mac.specification.container, "sh", "-c", rename], check=True, timeout=30)


def connection(user: str, password: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=ADDRESS, port=POSTGRES_PORT, user=user, password=password, dbname=database, connect_timeout=10
    )


def test_the_second_apply_changes_nothing_and_takes_one_login(provisioned: Mac) -> None:
    before = provisioned.logins()
    code, report = provisioned.run()
    assert provisioned.logins() == before + 1
    assert (code, report.summary["ok"]) == (Exit.OK, len(report.steps)), report


def test_postgres_is_reached_by_tls_alone_and_takes_a_new_certificate_while_it_serves(
    provisioned: Mac, tmp_path: Path
) -> None:
    require_tls(provisioned, Client(POSTGRES_PORT, PLATFORM, tmp_path))
    code, report = provisioned.run()
    assert (code, "service postgres" in report.with_status("changed")) == (Exit.OK, False)


def test_a_native_database_is_saved_over_ssh_and_comes_back(provisioned: Mac, tmp_path: Path) -> None:
    require_way_back(server_of(provisioned, tmp_path), tmp_path)


def test_queues_of_a_native_redis_are_saved_over_ssh_and_come_back(provisioned: Mac, tmp_path: Path) -> None:
    require_queues_way_back(provisioned, tmp_path)


def test_the_database_is_there_with_its_role_and_its_vectors(provisioned: Mac) -> None:
    with connection("platform", PLATFORM, "platform") as database:
        assert database.execute("SELECT '[3,4]'::vector <-> '[0,0]'::vector").fetchone() == (5.0,)
        assert database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connection("postgres", "another", "postgres")


def test_a_database_of_the_settings_is_made_migrated_saved_and_taken_back_over_the_login(
    provisioned: Mac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.project.STATE", tmp_path)
    database = mac_database.planned("kb")
    said: list[str] = []
    for _ in range(2):
        apply(mac_database.database_spec(provisioned, database))
    spec = mac_database.migrations_spec(provisioned, database)
    with administrator(spec.server) as server:
        migrator = Migrator(server, spec, said.append)
        assert (migrator.up(), migrator.up()) == (len(spec.files), 0)
    with connection("kb_ingest_a", "kb_ingest_a", "kb") as ingest, connection("kb_read_a", "kb_read_a", "kb") as read:
        ingest.execute("INSERT INTO documents (path) VALUES ('a.md')")
        ingest.commit()
        assert read.execute("SELECT path FROM documents").fetchall() == [("a.md",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            read.execute("DELETE FROM documents")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connection("kb_read_a", "kb_read_a", "platform")
    with administrator(spec.server) as server:
        assert Migrator(server, spec, said.append).down(2) == len(spec.files) - 2
    (dump,) = (tmp_path / "before-migrations" / "test" / "kb").iterdir()
    assert dump.read_bytes().startswith(b"PGDMP")
    with administrator(spec.server) as server:
        assert "TABLE DATA public documents" in server.restore(dump, ("--list",), "", 60)


def test_no_secret_stands_in_a_process_list_a_property_list_or_a_file_that_others_read(provisioned: Mac) -> None:
    found = provisioned.shell(
        "ps -A -o args; cat /Library/LaunchDaemons/* Library/Logs/ai-platform/*; ls -A /tmp;"
        "find /opt/ai-platform/etc -perm -o+r -type f -exec cat {} + 2>/dev/null"
    )
    assert not any(secret in found for secret in SECRETS.values())


# What somebody does by hand, by the steps that find it.
BY_HAND: dict[str, dict[tuple[str, ...], str]] = {
    "rules": {
        ("firewall",): "sudo pfctl -a ai-platform -F rules",
        ("updates",): "sudo softwareupdate --schedule on",
        ("network-time",): "sudo systemsetup -setusingnetworktime off",
        ("account bob",): f"echo '{KEY} eve' | sudo tee -a /Users/bob/.ssh/authorized_keys",
        ("account ada",): "sudo rm /etc/sudoers.d/ai-platform-ada",
        ("package node",): "rm -rf /opt/homebrew/Cellar/node /opt/homebrew/opt/node /opt/homebrew/bin/node",
        ("database platform",): (
            "echo 'DROP EXTENSION vector;' | /opt/homebrew/opt/postgresql@16/bin/psql -h /tmp -U postgres platform"
        ),
        ("service redis",): bootout("redis"),
        ("service colima",): "export PATH=/opt/homebrew/bin:$PATH; colima stop; colima start --cpus 1 --memory 4",
        ("leftovers",): (
            "sudo cp /Library/LaunchDaemons/ai-platform.redis.plist /Library/LaunchDaemons/ai-platform.gone.plist"
        ),
    },
    "programs": {
        ("firewall",): "sudo pfctl -a ai-platform -f /dev/null",
        ("updates",): (
            "sudo defaults write /Library/Preferences/com.apple.SoftwareUpdate AutomaticDownload -bool true"
        ),
        ("package node",): "/opt/homebrew/bin/brew unpin node",
        ("pgvector",): (
            "lib=$(/opt/homebrew/opt/postgresql@16/bin/pg_config --pkglibdir);"
            'echo "PostgreSQL 16.1" >"$lib/vector.built-for"'
        ),
        ("service postgres",): bootout("postgres"),
        ("service colima",): "touch /opt/simulator/faults/colima-broken",
    },
    "files": {
        ("firewall",): "echo 'pass all' | sudo tee /etc/pf.anchors/ai-platform",
        ("pgvector",): "rm /opt/homebrew/share/postgresql@16/extension/vector.control",
        ("file /opt/ai-platform/etc/postgres/pg_hba.conf", "reload postgres"): (
            "echo 'host all all 0.0.0.0/0 trust' | sudo tee -a /opt/ai-platform/etc/postgres/pg_hba.conf"
        ),
    },
}


@pytest.mark.parametrize("kind", BY_HAND)
def test_what_somebody_changed_by_hand_is_found_and_put_right(provisioned: Mac, kind: str) -> None:
    for command in BY_HAND[kind].values():
        provisioned.shell(command)
    provisioned.repairs_exactly(*(step for steps in BY_HAND[kind] for step in steps))


def test_another_password_is_taken_over(provisioned: Mac) -> None:
    other = Mac(provisioned.specification, provisioned.keys, SPEC, {**SECRETS, "password.postgres": "other"})
    other.repairs_exactly("administrator of postgres")
    provisioned.repairs_exactly("administrator of postgres")


def test_the_firewall_lets_in_whom_it_should_and_refuses_others(provisioned: Mac) -> None:
    connection("platform", PLATFORM, "platform").close()
    # No network of Redis' rule is where this machine is.
    client = ["docker", "run", "--rm", "--entrypoint", "sh", provisioned.specification.image, "-c"]
    listing = ["docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", provisioned.specification.container]
    address = subprocess.run(listing, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    def reach(port: int) -> bool:
        return subprocess.run([*client, f"nc -z -w 3 {address} {port}"], check=False, timeout=60).returncode == 0

    assert reach(5432)
    assert not reach(6379)
    assert reach(22)


def test_data_that_is_gone_stops_the_run_and_is_not_made_again(provisioned: Mac) -> None:
    data = "/opt/ai-platform/data/postgres"
    gone = "sudo launchctl bootout system/ai-platform.postgres; sleep 2"
    provisioned.shell(f"{gone}; mv {data} {data}.away")
    for _ in range(2):
        code, report = provisioned.run()
        assert (code, report.with_status("failed")) == (Exit.FAILED, ["data postgres"])
        assert "held data since 20" in report.steps[-1].detail
        assert "remove /var/db/ai-platform/data/postgres to start empty" in report.steps[-1].detail
        provisioned.shell(f"mkdir -p {data}")  # an empty one, as of a disk that is not mounted
    provisioned.shell(f"rmdir {data}; mv {data}.away {data}")
    provisioned.repairs_exactly("service postgres")
    connection("platform", PLATFORM, "platform").close()


def test_everything_comes_back_after_a_power_cut(provisioned: Mac) -> None:
    provisioned.shell("touch /opt/simulator/faults/colima-in-use")
    provisioned.cut_power()
    provisioned.shell("until /opt/homebrew/bin/docker ps >/dev/null 2>&1; do sleep 0.2; done")
    provisioned.shell("until /opt/homebrew/opt/postgresql@16/bin/pg_isready -q; do sleep 0.2; done")
    code, report = provisioned.run("check")
    assert (code, report.summary["changed"]) == (Exit.OK, 0), report


def test_postgres_starts_although_its_old_number_is_another_programs_now(provisioned: Mac) -> None:
    file = "/opt/ai-platform/data/postgres/postmaster.pid"
    provisioned.shell(
        f"cp {file} /tmp/old; sudo launchctl bootout system/ai-platform.postgres; sleep 2;"
        f"(sleep 60 >/dev/null 2>&1 & echo $!; sed 1d /tmp/old) >{file};"
        "sudo launchctl bootstrap system /Library/LaunchDaemons/ai-platform.postgres.plist;"
        "until /opt/homebrew/opt/postgresql@16/bin/pg_isready -q; do sleep 0.2; done; rm /tmp/old"
    )
    assert provisioned.run("check")[0] == Exit.OK


def test_another_ollama_on_the_port_is_ended_and_said_so(provisioned: Mac) -> None:
    foreign = "/Library/LaunchDaemons/homebrew.mxcl.ollama.plist"
    provisioned.shell(
        "sudo launchctl bootout system/ai-platform.ollama; sleep 2;"
        f"sed 's/ai-platform.ollama</homebrew.mxcl.ollama</' /Library/LaunchDaemons/ai-platform.ollama.plist |"
        f"sudo tee {foreign}; sudo launchctl bootstrap system {foreign};"
        "until curl -s http://127.0.0.1:11434/; do sleep 0.2; done;"
        "sudo launchctl bootstrap system /Library/LaunchDaemons/ai-platform.ollama.plist"
    )
    code, found = provisioned.run("check")
    assert (code, found.with_status("would-change")) == (Exit.DIFFERS, ["service ollama"])
    assert "port 11434 is held by" in provisioned.detail(found, "service ollama")
    code, repaired = provisioned.run()
    assert (code, repaired.with_status("changed")) == (Exit.OK, ["service ollama"])
    assert "system/homebrew.mxcl.ollama was ended" in provisioned.detail(repaired, "service ollama")
    assert provisioned.run("check")[0] == Exit.OK


def test_an_unknown_program_on_the_port_is_named_and_left_alone(provisioned: Mac) -> None:
    provisioned.shell(
        "sudo launchctl bootout system/ai-platform.redis; sleep 2;"
        "(/usr/lib/simulator-python -m http.server 6379 >/dev/null 2>&1 & echo $! >/tmp/holder); sleep 1"
    )
    code, report = provisioned.run()
    assert (code, report.with_status("failed")) == (Exit.FAILED, ["service redis"])
    assert "port 6379 is held by" in provisioned.detail(report, "service redis")
    provisioned.shell("kill $(cat /tmp/holder); rm /tmp/holder")
    assert provisioned.run()[0] == Exit.OK


def test_a_log_is_cut_in_place_while_its_writer_goes_on(provisioned: Mac) -> None:
    log = "/Users/admin/Library/Logs/ai-platform/redis.log"
    provisioned.shell(f"head -c 11000000 /dev/zero >>{log}; sudo launchctl kickstart system/ai-platform.log-rotation")
    provisioned.shell(f"until [ -e {log}.1.gz ] && [ ! -e {log}.copy ]; do sleep 0.1; done")
    size, archive = provisioned.shell(f"wc -c <{log}; gzip -dc {log}.1.gz | wc -c").split()
    assert int(size) < 100_000
    assert int(archive) > 11_000_000


def test_what_is_missing_is_said_at_once_and_nothing_is_touched(provisioned: Mac) -> None:
    faults = [f"/opt/simulator/faults/{name}" for name in ("disk-full", "no-command-line-tools")]
    provisioned.shell(f"touch {' '.join(faults)}")
    try:
        code, report = provisioned.run()
    finally:
        provisioned.shell(f"rm {' '.join(faults)}")
    assert code == Exit.PREFLIGHT
    assert "2048 MB of free disk" in report.steps[0].detail
    assert "the Command Line Tools" in report.steps[0].detail
