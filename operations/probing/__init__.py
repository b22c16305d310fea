"""Ask every endpoint of an environment whether it works, and judge the answers."""
