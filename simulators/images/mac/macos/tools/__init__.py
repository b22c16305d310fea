"""One module for each simulated program. `main(arguments)` returns the exit status."""
