-- One pass over the files: of every event its time and the MD5 of its id, of those that may say something all the rest.
-- (The ids of five million events would not fit into memory. Half an MD5 is the same for two of them once in a million
-- runs; DuckDB's own hash() is so for some pairs of any few hundred.)
CREATE OR REPLACE TEMP TABLE scanned AS
SELECT timestamp, md5_number_lower(event_id) AS event_key, is_judged_version(stream) AS is_own,
       matters, is_error,
       CASE WHEN matters OR is_error THEN log_group END AS log_group,
       CASE WHEN matters OR is_error THEN stream END AS stream,
       CASE WHEN matters OR is_error THEN message END AS message,
       CASE WHEN matters OR is_error THEN known_request_id END AS known_request_id,
       CASE WHEN matters THEN to_epoch_ms(ingested, try_cast(ingested AS DOUBLE)) - timestamp END AS lag_ms
FROM (SELECT *, may_matter(message) AS matters, getvariable('wants_errors') AND is_error_line(message) AS is_error FROM events);
