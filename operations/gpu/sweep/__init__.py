"""Finds rented machines of ours that no stack knows, says what they cost, and ends them after a grace time."""
