"""A TensorDock account on this machine: API v2, virtual machines, a billing ledger, and every fault on a switch."""
