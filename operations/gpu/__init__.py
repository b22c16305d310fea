"""Verbs of rented GPU machines: start, stop, state, cost. The money that nobody looks at is spent here."""
