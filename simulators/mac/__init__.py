"""Simulated Macs: one container each, with real sshd and a real Docker engine inside (simulators/images/mac)."""
