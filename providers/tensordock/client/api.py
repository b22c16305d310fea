"""The calls of TensorDock's API v2, typed. One object per operation: it keeps that operation's time limit."""

from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from providers.tensordock.client.deployment import Deployment, Size
from providers.tensordock.client.errors import Doubtful
from providers.tensordock.client.instance import Instance, flat, instance
from providers.tensordock.client.location import Location
from providers.tensordock.client.patience import Patience
from providers.tensordock.client.ssh_key import StoredKey, stored_key
from providers.tensordock.client.transport import Transport


class TensorDock:
    """An account. Every method raises TensorDockError. `reserved`: the operation stops or deletes what costs money."""

    def __init__(self, transport: Transport, patience: Patience, *, reserved: bool = False) -> None:
        self._transport = transport
        self.patience = patience
        self._reserved = reserved

    def locations(self) -> list[Location]:
        """What is offered, and for how much. Stock is often stale: an offer may be refused when it is taken."""
        said = "/locations"
        rows = _rows(self._call("GET", said), "locations", said)
        try:
            return [Location.model_validate(row) for row in rows]
        except ValidationError as error:
            wrong = error.errors()[0]
            raise Doubtful(f"GET {said}: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from None

    def instances(self) -> list[Instance]:
        """Every machine of the account, foreign ones too. Lists often tell id, name and status only."""
        said = "/instances"
        return [instance(row, f"GET {said}") for row in _rows(self._call("GET", said), "instances", said)]

    def instance(self, identifier: str) -> Instance:
        """One machine. Raises NotFound when the API says that there is none."""
        said = _path(identifier)
        found = instance(self._call("GET", said), f"GET {said}")
        if found.id != identifier:
            raise Doubtful(f"GET {said}: the answer describes another machine, {found.id}")
        return found

    def create(self, deployment: Deployment) -> str:
        """Orders a machine; its id. A doubt may have made one: only a list of the machines can tell."""
        said = "POST /instances"
        return instance(self._call("POST", "/instances", deployment.body()), said).id

    def start(self, identifier: str) -> None:
        """Asks for a start, which goes on after this returns."""
        self._call("POST", _path(identifier, "start"), {})

    def stop(self, identifier: str) -> None:
        """Asks for a stop, which goes on after this returns."""
        self._call("POST", _path(identifier, "stop"), {})

    def modify(self, identifier: str, size: Size) -> None:
        """Changes the size of a stopped machine."""
        cards = {"gpuV0Name": size.gpu_model, "count": size.gpu_count}
        body = {"cpuCores": size.vcpus, "ramGb": size.ram_gb, "diskGb": size.storage_gb, "gpus": cards}
        self._call("PUT", _path(identifier, "modify"), body)

    def delete(self, identifier: str) -> None:
        """Asks for a deletion. A success proves nothing: only NotFound from `instance` does."""
        self._call("DELETE", _path(identifier))

    def stored_keys(self) -> list[StoredKey]:
        """Every stored secret of the account; lists leave values out."""
        said = "/secrets"
        return [stored_key(row, f"GET {said}") for row in _rows(self._call("GET", said), "secrets", said)]

    def key(self, identifier: str) -> StoredKey:
        """One stored key. Raises NotFound."""
        said = f"/secrets/{quote(identifier, safe='')}"
        return stored_key(self._call("GET", said), f"GET {said}")

    def create_key(self, name: str, value: str) -> str:
        """Stores a public key; its id."""
        attributes = {"name": name, "type": "SSHKEY", "value": value}
        made = self._call("POST", "/secrets", {"data": {"type": "secret", "attributes": attributes}})
        return stored_key(made, "POST /secrets").id

    def delete_key(self, identifier: str) -> None:
        """Removes a stored key."""
        self._call("DELETE", f"/secrets/{quote(identifier, safe='')}")

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self._transport.call(method, path, self.patience, body=body, reserved=self._reserved)


def _path(identifier: str, verb: str = "") -> str:
    return f"/instances/{quote(identifier, safe='')}" + (f"/{verb}" if verb else "")


def _rows(answer: dict[str, Any], name: str, path: str) -> list[Any]:
    """The list in an answer of either shape. Raises Doubtful where there is none: no list is no empty list."""
    data = answer.get("data", answer)
    rows = data if isinstance(data, list) else data.get(name) if isinstance(data, dict) else None
    if not isinstance(rows, list) or not all(flat(row) for row in rows):
        raise Doubtful(f"GET {path}: the answer holds no list of {name}")
    return rows
