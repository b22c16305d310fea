"""A collection of Qdrant that is moved to another model, over its REST API as of version 1.19.

The application names an alias. The new collection (`ALIAS_after_DIGEST`) is filled beside the old one and is its own
ledger: a point is moved when it is there with the same payload. One request then turns the alias, and gives the old
collection a second alias (`ALIAS_before_DIGEST`) that is the record of the move.
"""
