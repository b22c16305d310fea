"""Simulated machines: one container each, with real sshd and a real Docker engine inside.

A Mac is simulators/images/mac, a Linux server before anybody has set it up is simulators/images/linux.
"""
