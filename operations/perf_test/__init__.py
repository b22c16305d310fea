"""Measures a running pair of embed and rerank services against the figures that their users were promised."""
