"""Stand-in for the official Cloudflare plugin: the resource types that this project uses, on the real v4 REST API."""

VERSION = "6.23.1"
"""The release whose arguments, defaults and behaviour are reproduced; the SDK asks for this one."""
