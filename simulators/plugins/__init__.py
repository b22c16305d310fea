"""Stand-ins for official Pulumi resource plugins, used only where the official plugin cannot be had."""
