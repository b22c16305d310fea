"""What every stand-in plugin shares: protocol server, property values, schemas, differences and errors."""
