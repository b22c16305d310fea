"""The `connection` argument of the remote resources."""

from providers.common.schema import Field

_HOST = {
    "host": Field(required=True, shown=True),
    "port": Field(default=22, shown=True),
    "user": Field(default="root", shown=True),
    "password": Field(),
    "privateKey": Field(),
    "privateKeyPassword": Field(),
    "agentSocketPath": Field(shown=True),
    "hostKey": Field(shown=True),
    "dialErrorLimit": Field(default=10),
    "perDialTimeout": Field(default=15),
}
CONNECTION = Field(required=True, block={**_HOST, "proxy": Field(block=_HOST)})
