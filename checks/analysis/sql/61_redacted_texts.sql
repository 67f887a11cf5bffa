-- The texts of cases without secrets, in one expression: each such expression in a query takes DuckDB 20 ms to prepare.
-- Reads unshown_texts; adds those that are not messages to redacted_fields.
CREATE OR REPLACE TEMP TABLE newly_redacted AS
SELECT text, is_message, harmless(redacted(beginning_of(text))) AS redacted
FROM (SELECT DISTINCT text, is_message FROM unshown_texts);  -- grouping spreads the texts over all cores, however few they are

INSERT INTO redacted_fields SELECT text, redacted FROM newly_redacted WHERE NOT is_message;
