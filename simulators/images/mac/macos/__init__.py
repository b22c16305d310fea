"""The programs of a simulated Mac. Copied into the image; uses only the standard library of Python 3.11."""
