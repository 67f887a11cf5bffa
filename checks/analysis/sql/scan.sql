-- One pass over the files: of every event its time and the MD5 of its id, of those that may say something all the rest.
-- (The ids of five million events would not fit into memory; DuckDB's own hash() is the same for some pairs of them.)
CREATE OR REPLACE TEMP TABLE scanned AS
SELECT timestamp, md5_number(event_id) AS event_key,
       CASE WHEN matters THEN log_group END AS log_group,
       CASE WHEN matters THEN stream END AS stream,
       CASE WHEN matters THEN message END AS message
FROM (SELECT *, may_matter(message) AS matters FROM events);
