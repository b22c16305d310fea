"""Client of the TensorDock v2 API. Knows nothing of Pulumi."""
