"""Typed settings of one environment: the only reader of Pulumi configuration."""
