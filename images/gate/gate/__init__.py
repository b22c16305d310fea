"""A reverse proxy in front of Ollama on a machine rented by the hour: it knows whether anybody uses the models."""
