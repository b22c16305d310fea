"""A certificate authority and its certificates as Pulumi resources: provider plugin and resource classes."""
