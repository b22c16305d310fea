"""Builds the model that the image carries. Needs the packages of model.lock; the services do not."""
