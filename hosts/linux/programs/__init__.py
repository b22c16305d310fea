"""Programs that run on a rented machine itself: standard library only, Python 3.10 or newer, one file each."""
