DROP TABLE :"embeddings", :"chunks", :"documents";
