"""What the benchmarks of embed and rerank share: models, servers, texts, load and the programs of the other arms."""
