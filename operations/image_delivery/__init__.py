"""Images on their way to an engine that cannot pull them."""
