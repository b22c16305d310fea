"""Pure parts of the plugins."""
