"""Moves a collection of vectors to another embedding model: a Postgres table, or a collection of Qdrant."""
