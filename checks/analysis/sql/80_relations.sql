-- The tables for a team's own checks, whose queries see nothing else: times are in UTC, and only the window counts.
-- Reads connections, welcomes, signals, request_ids; variables since, until.
CREATE OR REPLACE TABLE memory.main.connections AS
SELECT connection_id, state, make_timestamp_ms(began) AS began, make_timestamp_ms(ended) AS ended, duration_seconds
FROM temp.connections WHERE state NOT IN ('earlier', 'unsettled', 'elsewhere')
ORDER BY began, connection_id;

CREATE OR REPLACE TABLE memory.main.welcomes AS
SELECT make_timestamp_ms(timestamp) AS timestamp, connection_id, is_sent
FROM temp.welcomes w WHERE is_counted
ORDER BY w.timestamp, connection_id;

CREATE OR REPLACE TABLE memory.main.signals AS
SELECT make_timestamp_ms(timestamp) AS timestamp, kind, connection_id, request_id
FROM temp.signals s LEFT JOIN request_ids USING (request) WHERE is_counted
ORDER BY s.timestamp, seq;
