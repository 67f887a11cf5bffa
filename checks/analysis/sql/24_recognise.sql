-- Every event of the spool by its number, and as candidates those that an analysis would look at.
CREATE OR REPLACE TEMP TABLE numbered_events AS
SELECT row_number() OVER () AS line, * FROM events;

CREATE OR REPLACE TEMP TABLE candidates AS
SELECT line AS seq, timestamp, log_group, stream, message, known_request_id, true AS is_own, true AS is_counted
FROM numbered_events
WHERE timestamp IS NOT NULL AND may_matter(message);
