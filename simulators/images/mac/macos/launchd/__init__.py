"""launchd of the simulated Mac: jobs, the system domain, and the listener of sshd.

Behaviour as in launchd.plist(5), launchctl(1) and the captures named in the project's notes on macOS.
"""
