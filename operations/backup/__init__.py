"""Backups of an environment: encrypted, listed only when whole, thinned out with care (docs/runbooks/back-up.md)."""
