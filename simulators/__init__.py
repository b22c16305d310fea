"""Stand-ins and simulated hosts for machines that cannot reach the official ones."""
