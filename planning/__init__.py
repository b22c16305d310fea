"""Pure functions from settings and catalogue to a plan. Nothing here knows Pulumi, Docker or the network."""
