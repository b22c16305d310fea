"""Stand-in for the official random plugin: values from the operating system's generator, kept in the state."""

VERSION = "4.21.4"
"""The release whose arguments, defaults and behaviour are reproduced; the SDK asks for this one."""
