DROP FUNCTION search_hybrid, search_text, search_semantic, search_terms;
