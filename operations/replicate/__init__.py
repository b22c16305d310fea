"""Rows of a table stored outside the database too, each once, under an id that is written back to the row."""
