"""A Linux machine of the Debian family: what it is to be, and the steps that make it so."""
