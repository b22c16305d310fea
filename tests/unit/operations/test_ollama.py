from typing import ClassVar

import pytest

from operations.failure import Failure
from operations.ollama.names import manifest_path, with_tag
from operations.ollama.random_weights import SAYABLE, byte_tokens, random_model, tensors
from operations.ollama.refusals import RegistryUnreachableError, refusal
from operations.ollama.server import NoAnswerError, Ollama
from simulators.http_server import Handler, serving_http

UNREACHABLE = [
    'pull model manifest: Get "https://registry.ollama.ai/v2/m": dial tcp: lookup registry.ollama.ai: no such host',
    'pull model manifest: Get "https://registry.ollama.ai/v2/m": proxyconnect tcp: dial tcp: i/o timeout',
    'pull model manifest: Get "https://registry.ollama.ai/v2/m": x509: certificate signed by unknown authority',
    "pull model manifest: 503: upstream connect error",
    "max retries exceeded: unexpected EOF",
]
REFUSED = [
    ("pull model manifest: file does not exist", "there is no model named 'm' in Ollama's registry"),
    ("model 'm' not found", "there is no model named 'm'"),
    ("pull model manifest: 412: The model you are pulling requires a newer version of Ollama.", "cannot pull 'm'"),
    ("invalid model name", "cannot pull 'm'"),
    ("write /models/blobs/x: no space left on device", "cannot pull 'm'"),
]


@pytest.mark.parametrize("error", UNREACHABLE)
def test_only_a_registry_out_of_reach_allows_a_stand_in(error: str) -> None:
    assert isinstance(refusal("m", error, "http://h"), RegistryUnreachableError)


@pytest.mark.parametrize(("error", "said"), REFUSED)
def test_every_other_refusal_stops_with_the_model_and_the_servers_words(error: str, said: str) -> None:
    failure = refusal("m", error, "http://h")
    assert not isinstance(failure, RegistryUnreachableError)
    assert said in str(failure)
    assert error in str(failure)


@pytest.mark.parametrize(
    ("model", "full"),
    [("llama3", "llama3:latest"), ("llama3:8b", "llama3:8b"), ("host:5000/a/b", "host:5000/a/b:latest")],
)
def test_a_model_without_a_tag_means_latest(model: str, full: str) -> None:
    assert with_tag(model) == full


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("llama3", "registry.ollama.ai/library/llama3/latest"),
        ("owner/llama3:8b", "registry.ollama.ai/owner/llama3/8b"),
        ("host:5000/a/b:c", "host:5000/a/b/c"),
    ],
)
def test_a_manifest_lies_where_the_server_looks_for_it(model: str, path: str) -> None:
    assert manifest_path(model) == f"manifests/{path}"


@pytest.mark.parametrize("model", ["", "../x", "a/../b", "a:..", "a b", "a/b/c/d", "/etc/passwd", "m:", "http://h/a/b"])
def test_a_name_cannot_lead_out_of_the_folder_of_models(model: str) -> None:
    with pytest.raises(Failure, match="is no name of a model"):
        manifest_path(model)


def test_the_random_model_is_the_same_bytes_every_time_and_small() -> None:
    model = random_model()
    assert model == random_model()
    assert len(model) < 1_000_000


def test_every_byte_has_a_token_of_its_own() -> None:
    assert len(set(byte_tokens())) == 256


def test_no_layer_writes_to_the_column_that_silences_tokens() -> None:
    weights = tensors([chr(byte) in SAYABLE for byte in range(256)])
    written = [name for name in weights if name.endswith(("attn_output.weight", "ffn_down.weight"))]
    assert len(written) == 4
    assert all(not weights[name][0].any() for name in written)


class Saying(Handler):
    """Answers everything with one body."""

    body: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.reply(200, self.body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(200, self.body)


def test_a_server_that_holds_nothing_may_say_null() -> None:
    with serving_http(type("Null", (Saying,), {"body": b'{"models": null}'})) as url:
        assert Ollama(url, 10).held() == {}


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"models": [{"name": "m"}]}', b"<html>", b"7", b"\xff\xfe"])
def test_something_else_at_the_port_is_no_usable_answer(body: bytes) -> None:
    with serving_http(type("Other", (Saying,), {"body": body})) as url:
        with pytest.raises(NoAnswerError, match="no usable answer"):
            Ollama(url, 10).held()
        if not body.startswith(b"{"):
            with pytest.raises(NoAnswerError, match="no usable answer"):
                list(Ollama(url, 10).pull("m", 5))
