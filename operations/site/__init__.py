"""Releases of a web application in the volume that nginx serves them from."""
