-- The cases behind the numbers, each with the line that shows it best. The names are those of `EvidenceKind` in metrics.py.
-- Reads signals, lines, connections, welcomes, welcome_delays, gone_errors, invocation_reports.
CREATE OR REPLACE TEMP TABLE evidence_cases AS
WITH ends AS (
    -- For a connection: the line about its end, or else about its beginning.
    SELECT connection_id, coalesce(max(seq) FILTER (kind = 'disconnect'), max(seq) FILTER (kind = 'connect')) AS seq
    FROM signals WHERE kind IN ('connect', 'disconnect')
    GROUP BY connection_id
), failures AS (
    -- For a failed welcome message: a 410 says more than the sentence that follows it.
    SELECT coalesce(max(s.seq) FILTER (s.kind = 'gone'), max(s.seq)) AS seq, w.connection_id,
           any_value(w.timestamp) AS timestamp
    FROM welcomes w JOIN signals s
      ON attempt_of(s.request, s.seq) = w.attempt AND s.connection_id IS NOT DISTINCT FROM w.connection_id
    WHERE w.is_counted AND NOT w.is_sent AND s.kind IN ('gone', 'welcome_sent', 'welcome_failed')
    GROUP BY w.attempt, w.connection_id
), slow_welcomes AS (  -- for a percentile: what took as long, or longer
    SELECT min(s.seq) AS seq, connection_id, sent_at AS timestamp
    FROM (FROM welcome_delays WHERE is_counted QUALIFY seconds >= quantile_disc(seconds, 0.95) OVER ()) JOIN signals s USING (connection_id)
    WHERE kind = 'welcome_sent' AND s.timestamp = sent_at
    GROUP BY connection_id, sent_at
), invocations AS (
    SELECT *, quantile_disc(milliseconds, 0.95) OVER () AS p95,
           quantile_disc(milliseconds, 0.95) FILTER (is_connect) OVER () AS connect_p95
    FROM invocation_reports
), undelivered AS (
    -- For a connection without its welcome: the line about the failure. A "sent" that is not believed does not show the reason.
    SELECT coalesce(max(f.seq), max(s.seq)) AS seq, connection_id, min(s.timestamp) AS timestamp
    FROM signals s SEMI JOIN (FROM greetings WHERE is_counted AND NOT is_delivered) USING (connection_id)
    LEFT JOIN failures f USING (connection_id)
    WHERE is_about_welcome(kind)
    GROUP BY connection_id
)
SELECT 'gone' AS kind, seq, connection_id, timestamp FROM gone_errors
UNION ALL SELECT 'gone_welcome', seq, connection_id, timestamp FROM gone_errors WHERE is_welcome_error
UNION ALL SELECT 'incomplete', seq, connection_id, coalesce(began, ended)
          FROM connections LEFT JOIN ends USING (connection_id) WHERE state IN ('lost', 'headless')
UNION ALL SELECT 'short_lived', seq, connection_id, ended
          FROM connections LEFT JOIN ends USING (connection_id)
          WHERE state = 'complete' AND duration_seconds < getvariable('short_lived_seconds')
UNION ALL SELECT 'welcome_failed', seq, connection_id, timestamp FROM failures
UNION ALL SELECT 'undelivered', seq, connection_id, timestamp FROM undelivered
UNION ALL SELECT 'retried', seq, connection_id, timestamp FROM signals
          WHERE is_counted AND kind = 'welcome_retry'
UNION ALL SELECT 'near_miss', seq, connection_id, timestamp FROM lines WHERE is_near_miss AND is_counted
UNION ALL SELECT 'unattributed', seq, connection_id, timestamp FROM signals
          WHERE connection_id IS NULL AND is_counted
UNION ALL SELECT 'slow_welcome', seq, connection_id, timestamp FROM slow_welcomes
UNION ALL SELECT 'slow_invocation', seq, connection_id, timestamp FROM invocations WHERE milliseconds >= p95
UNION ALL SELECT 'slow_connect', seq, connection_id, timestamp FROM invocations WHERE is_connect AND milliseconds >= connect_p95
UNION ALL SELECT 'cold_start', seq, connection_id, timestamp FROM invocations WHERE is_cold
UNION ALL SELECT 'full_memory', seq, connection_id, timestamp FROM invocations WHERE memory > 0.9
UNION ALL SELECT 'timeout', seq, connection_id, timestamp FROM invocations WHERE is_timeout;
