"""GPU machines by the hour from TensorDock as Pulumi resources: API client, provider plugin and resource classes."""
