"""A table of Postgres whose vectors are moved to another model.

Three things are made, all named with one digest of what is moved where: a backup table (`TABLE_before_DIGEST`: key,
old vector, and the digest of the text that has been embedded, which is the ledger of the move), a column for the new
vectors, and its indexes. The comment of the backup table is the record of the move, so all of it goes with the table.
"""
