"""A hub with one tiny model, spoken to as the Hugging Face hub is. Run inside a container: `python -c SOURCE`."""

import hashlib
import http.server
import json

COMMIT = "a" * 40
CONFIG = {"hidden_size": 8, "max_position_embeddings": 16, "architectures": ["BertModel"]}
FILES = {"config.json": json.dumps(CONFIG).encode(), "tokenizer.json": b"{}", "onnx/model.onnx": b"weights"}


class Hub(http.server.BaseHTTPRequestHandler):
    """Any repository holds the same files, at one commit."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        _, _, file = self.path.partition(f"/resolve/{COMMIT}/")
        tree = [{"type": "file", "path": name, "size": len(FILES[name]), "oid": "0" * 40} for name in FILES]
        index = json.dumps(tree).encode() if f"/tree/{COMMIT}" in self.path else None
        body = FILES.get(file, index)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.send_header("ETag", f'"{hashlib.sha256(body or b"").hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.wfile.write(body or b"")


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Hub).serve_forever()
