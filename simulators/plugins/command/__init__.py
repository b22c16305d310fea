"""Stand-in for the official `command` plugin: runs commands here or over SSH, and copies files to other machines."""

VERSION = "1.2.1"
"""The release whose arguments, defaults and behaviour are reproduced; the SDK asks for this one."""
