"""Stand-in for the official Python language host: runs programs, providers by path and policy packs."""
