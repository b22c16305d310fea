"""One Ollama server: what it holds, pulling a model, and a stand-in made on the spot."""
