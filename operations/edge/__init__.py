"""What `make up` does about public names beside Pulumi: looks before it, and clears away what a killed run left."""
