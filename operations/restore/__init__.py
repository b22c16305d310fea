"""Puts backups back: beside what is there, compared with what was saved, and only then in its place."""
