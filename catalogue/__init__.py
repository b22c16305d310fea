"""One small file per service. Adding a service is adding one file that defines `DEFINITION`."""
