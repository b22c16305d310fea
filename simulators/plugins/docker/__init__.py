"""Stand-in for the official `docker` resource plugin: the same resource types and readings on the real engine.

Where the official plugin reads a value back in another spelling, ignores an edit or replaces a resource, this
one does the same, so that a program which previews clean here previews clean there.
"""

VERSION = "5.2.0"
"""The release whose arguments, defaults and behaviour are reproduced; the SDK asks for this one."""
