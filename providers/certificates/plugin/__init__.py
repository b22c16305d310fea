"""The provider: what is issued, when it is issued anew, and what the engine is told of it."""
