"""Stops rented machines that nobody uses, and destroys the stacks of those that cost money in vain."""
