"""Pulumi component resources, one noun per file. They receive plan objects and never read configuration."""
