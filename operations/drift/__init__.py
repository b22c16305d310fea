"""What is no longer as declared: steps of hosts, containers, volumes, networks, names. Compares, and changes nothing.

operations/drift/repair.py is what `make up` does about it.
"""
