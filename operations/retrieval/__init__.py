"""Questions over documents: chunks, vectors in Postgres, reranking, an answer with its sources."""
