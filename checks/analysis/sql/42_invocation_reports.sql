-- What Lambda reports at the end of each invocation; the other lines of the invocation tell whose connection it was about.
-- Reads scanned (which holds all reports only if wants_invocations is set), signals, keyed_lines and meanings.
CREATE OR REPLACE TEMP VIEW invocation_reports AS
WITH requests AS (
    SELECT request, bool_or(kind = 'connect') AS is_connect,
           CASE WHEN count(DISTINCT connection_id) = 1 THEN any_value(connection_id) END AS connection_id
    FROM signals WHERE request IS NOT NULL
    GROUP BY request
), timeouts AS (  -- older reports have no status; a separate line reports the timeout
    SELECT request FROM keyed_lines JOIN (FROM meanings WHERE meaning.is_timeout) USING (key) WHERE request IS NOT NULL
)
SELECT report.* EXCLUDE (request_id, is_timeout),
       report.is_timeout OR coalesce(request_of(report.request_id) IN (FROM timeouts), false) AS is_timeout,
       rowid AS seq, timestamp, connection_id, coalesce(is_connect, false) AS is_connect
FROM (SELECT rowid, timestamp, report_of(message) AS report FROM scanned
      WHERE is_report(message) AND is_own AND in_window(time_to_count(timestamp, lag_ms))) r
     LEFT JOIN requests ON requests.request = request_of(report.request_id);
