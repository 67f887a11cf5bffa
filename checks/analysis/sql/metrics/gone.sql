-- GoneException (410): posts to a connection that no longer exists, or not yet.
CREATE OR REPLACE TEMP TABLE gone_errors AS
WITH greeting AS (
    -- The requests that greet: they send the welcome message, or handle $connect.
    SELECT DISTINCT request_id FROM signals
    WHERE request_id IS NOT NULL AND kind IN ('connect', 'welcome_sent', 'welcome_failed', 'welcome_retry')
)
SELECT s.*,
       l.is_welcome OR s.request_id IN (FROM greeting) IS TRUE AS is_welcome_error
FROM signals s JOIN lines l USING (seq)
WHERE s.kind = 'gone' AND s.is_counted;

CREATE OR REPLACE TEMP VIEW gone_connections AS
SELECT connection_id, count(*) AS errors, min(timestamp) AS first_error, arg_min(seq, (timestamp, seq)) AS sample,
       count(*) FILTER (is_welcome_error) AS welcome_errors
FROM gone_errors
GROUP BY connection_id
ORDER BY errors DESC, first_error, connection_id;

-- The worst of them, each with the message of its first error.
CREATE OR REPLACE MACRO worst_gone_connections(most) AS TABLE
SELECT g.* REPLACE (without_prefix(message) AS sample)
FROM (FROM gone_connections LIMIT most) g JOIN candidates ON candidates.seq = sample
ORDER BY errors DESC, first_error, g.connection_id;

CREATE OR REPLACE TEMP VIEW gone_metrics AS
WITH totals AS (
    SELECT (SELECT count(*) FROM gone_errors) AS errors,
           (SELECT count(*) FROM gone_errors WHERE is_welcome_error) AS welcome_errors,
           (SELECT count(*) FROM gone_connections WHERE connection_id IS NOT NULL) AS gone,
           (SELECT coalesce(max(errors), 0) FROM gone_connections WHERE connection_id IS NOT NULL) AS worst,
           (SELECT count(*) FROM connections WHERE is_seen) AS seen
)
SELECT 'gone.errors' AS name, errors::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator FROM totals
UNION ALL SELECT 'gone.connections', gone, NULL, NULL FROM totals
UNION ALL SELECT 'gone.max_per_connection', worst, NULL, NULL FROM totals
UNION ALL SELECT 'gone.welcome_errors', welcome_errors, NULL, NULL FROM totals
UNION ALL SELECT 'gone.errors_per_connection', errors / nullif(seen, 0), seen, NULL FROM totals
UNION ALL SELECT 'gone.connection_rate', gone / nullif(seen, 0), seen, gone FROM totals;

-- How errors cluster; what names no connection stands for itself.
CREATE OR REPLACE TEMP VIEW gone_clusters AS
SELECT unnest(['gone.errors', 'gone.errors_per_connection']) AS name,
       coalesce(sum(CASE WHEN connection_id IS NULL THEN errors ELSE errors * errors END), 0)::DOUBLE AS squares
FROM gone_connections;
