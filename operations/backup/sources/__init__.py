"""Where data comes from: one file for each kind of store."""
