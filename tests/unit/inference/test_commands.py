"""The small commands inside the image."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from inference import fetch, models, probe


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_probe_passes_on_200_only(address: str) -> None:
    assert probe.main(f"{address}/ready") == 0
    assert probe.main(f"{address}/loading") == 1
    assert probe.main("http://127.0.0.1:1/ready") == 1
    assert probe.main("no address") == 1


def test_a_model_is_fetched_by_commit_only(tmp_path: Path) -> None:
    with pytest.raises(models.ModelError, match="'main' is not a commit"):
        fetch.fetch("owner/name", "main", tmp_path)
