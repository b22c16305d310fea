"""What our provider and all stand-in plugins share: protocol server, property values, schemas, differences, errors."""
