"""What a Mac's GPU and a bad network change about the real Ollama server behind it."""
