"""The Pulumi provider plugin: resources, their checks and differences, and what is done to the account for them."""
