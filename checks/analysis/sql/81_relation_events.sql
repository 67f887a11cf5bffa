-- All events of the window, each once, for a team's own checks: made only if one asks for them.
CREATE OR REPLACE TABLE memory.main.events AS
WITH timed AS (
    SELECT *, time_to_count(timestamp, to_epoch_ms(ingested, try_cast(ingested AS DOUBLE)) - timestamp) AS counts_at FROM temp.events
), counted AS (
    SELECT *, origin_of(log_group, known_stream) AS known_origin FROM timed
    WHERE in_window(counts_at) AND is_judged_version(stream) IS NOT false
), placed AS (
    SELECT *, CASE WHEN NOT bool_or(known_origin IS NULL) OVER (PARTITION BY timestamp, message) THEN known_origin END AS origin
    FROM counted
), judged AS (
    SELECT *, CASE WHEN event_id IS NULL AND getvariable('may_overlap')  -- as many as the file with most of them has
                   THEN row_number() OVER (PARTITION BY file, timestamp, origin, message) END AS repetition
    FROM placed
)
SELECT make_timestamp_ms(timestamp) AS timestamp, message, log_group, stream AS log_stream,
       coalesce(request_id_at_once(message), known_request_id) AS request_id
FROM judged j
QUALIFY event_id IS NULL AND repetition IS NULL
     OR row_number() OVER (PARTITION BY event_id, repetition,
                           CASE WHEN event_id IS NULL THEN (j.timestamp, origin, message) END) = 1
ORDER BY j.timestamp;
