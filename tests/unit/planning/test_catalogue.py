"""Rules that hold for every catalogue entry, so that a new one cannot forget them."""

import re

import pytest

from catalogue.definition import Definition
from catalogue.load import definitions

ENTRIES = pytest.mark.parametrize("entry", definitions().values(), ids=list(definitions()))


@ENTRIES
def test_official_images_are_pinned_by_digest(entry: Definition) -> None:
    if entry.image and entry.image.official:
        assert re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", entry.image.official)


@ENTRIES
def test_a_container_of_ours_says_how_its_health_is_seen(entry: Definition) -> None:
    assert entry.native or entry.healthcheck or entry.kind == "application"


@ENTRIES
def test_secrets_enter_by_files_only(entry: Definition) -> None:
    texts = [*entry.environment.values(), *entry.command, *entry.entrypoint]
    assert not any("${password" in text or "${secret" in text for text in texts)


@ENTRIES
def test_addresses_are_asked_only_of_declared_needs(entry: Definition) -> None:
    texts = [*entry.environment.values(), *entry.secret_environment.values(), *(file.template for file in entry.files)]
    asked = {kind for text in texts for kind in re.findall(r"\$\{address\.([a-z0-9-]+)\}", text)}
    assert asked <= set(entry.needs)


@ENTRIES
def test_http_probes_expect_a_status(entry: Definition) -> None:
    assert (entry.probe.method == "GET") == (entry.probe.status != 0) == (entry.probe.path != "")
