"""The `connection` argument of the remote resources."""

from simulators.plugins.common.schema import Field

_HOST = {
    "host": Field(required=True),
    "port": Field(default=22),
    "user": Field(default="root"),
    "password": Field(),
    "privateKey": Field(),
    "privateKeyPassword": Field(),
    "agentSocketPath": Field(),
    "hostKey": Field(),
    "dialErrorLimit": Field(default=10),
    "perDialTimeout": Field(default=15),
}
CONNECTION = Field(required=True, block={**_HOST, "proxy": Field(block=_HOST)})
