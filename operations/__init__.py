"""What stands behind scripts/: the verbs for which Pulumi has no word."""
