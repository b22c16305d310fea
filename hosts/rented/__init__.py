"""What a rented machine is told when it is ordered, so that one can log in to it and it can be brought to its role."""
