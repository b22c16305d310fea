DROP FUNCTION trim_chunks;
DROP TABLE :"ingestion_runs";
