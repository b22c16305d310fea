"""pf: reads rules (pf.conf(5)), keeps what pfctl loaded, and has the kernel enforce it."""
