-- What Lambda reports at the end of each invocation; of whose connection it was, its other lines tell.
-- Reads scanned, which holds reports only where wants_invocations is set, and signals.
CREATE OR REPLACE TEMP VIEW invocation_reports AS
WITH requests AS (
    SELECT request_id, bool_or(kind = 'connect') AS is_connect,
           CASE WHEN count(DISTINCT connection_id) = 1 THEN any_value(connection_id) END AS connection_id
    FROM signals WHERE request_id IS NOT NULL
    GROUP BY request_id
)
SELECT report.*, rowid AS seq, timestamp, connection_id, coalesce(is_connect, false) AS is_connect
FROM (SELECT rowid, timestamp, report FROM scanned WHERE report IS NOT NULL AND is_own AND in_window(time_to_count(timestamp, lag_ms))) r
     LEFT JOIN requests ON requests.request_id = report.request_id;
