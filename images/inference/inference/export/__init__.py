"""Makes model folders that the services can load: plain and quantised ONNX graphs. The services never need it."""
