"""Rented machines: renting, reaching, stopping and giving them up, and what they cost."""
