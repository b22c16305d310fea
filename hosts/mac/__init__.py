"""A Mac of Apple silicon: what it is to be, and the steps that make it so."""
