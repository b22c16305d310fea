"""Moves tables of another Postgres, or of a dump, into a database of an environment."""
