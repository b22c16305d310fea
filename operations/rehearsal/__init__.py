"""A new version of a service on trial beside the one that runs."""
