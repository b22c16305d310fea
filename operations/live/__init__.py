"""Files that a running service takes up, in the volume where its container finds them."""
