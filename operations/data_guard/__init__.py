"""Keeps `make up` from losing data without a word: what the plan lets go of, and what is no longer where it was."""
