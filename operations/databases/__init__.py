"""Databases of an environment: roles, logins, extensions and migrations, run by the administrator of their server."""
