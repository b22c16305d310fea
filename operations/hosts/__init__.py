"""Hosts by hand: the script that `pulumi up` runs on a host, sent to one or several of them over one login each."""
