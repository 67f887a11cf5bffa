-- GoneException (410): posts to a connection that no longer exists, or not yet.
CREATE OR REPLACE TEMP TABLE gone_in_reach AS
WITH greeting AS (
    -- The requests that greet, and whom: they send the welcome message, or handle $connect.
    SELECT DISTINCT request, connection_id FROM signals
    WHERE request IS NOT NULL AND (kind = 'connect' OR is_about_welcome(kind))
)
SELECT s.*,
       l.is_welcome OR s.request IN (SELECT request FROM greeting) AS is_welcome_error,
       -- not the errors of a $connect that told others about the client
       l.is_welcome OR (s.request, s.connection_id) IN (SELECT (request, connection_id) FROM greeting) AS is_own_welcome
FROM signals s JOIN lines l USING (seq)
WHERE s.kind = 'gone';

CREATE OR REPLACE TEMP VIEW gone_errors AS FROM gone_in_reach WHERE is_counted;

-- The connections that an error kept from their welcome: no retry made up for it within some seconds (settled_at in 40_connections.sql).
CREATE OR REPLACE TEMP VIEW ungreeted AS
SELECT connection_id
FROM (SELECT connection_id, min(counts_at) AS counts_at FROM gone_in_reach
      WHERE connection_id IS NOT NULL AND is_own_welcome AND is_own
      GROUP BY connection_id)
     ANTI JOIN (FROM welcomes WHERE is_sent) USING (connection_id)
WHERE in_window(settled_at(counts_at, NULL));

CREATE OR REPLACE TEMP VIEW gone_connections AS
SELECT connection_id, count(*) AS errors, min(timestamp) AS first_error, arg_min(seq, (timestamp, seq)) AS sample,
       count(*) FILTER (is_welcome_error) AS welcome_errors
FROM gone_errors
GROUP BY connection_id
ORDER BY errors DESC, first_error, connection_id;

-- The worst of them, each with the message of its first error.
CREATE OR REPLACE TEMP TABLE worst_gone_connections AS
SELECT g.* REPLACE (without_prefix(beginning_of(message)) AS sample)
FROM (FROM gone_connections LIMIT getvariable('most_gone_connections')) g JOIN candidates ON candidates.seq = sample;

-- If only API Gateway's own log was read, and it shows no call on a connection, nobody has seen whether posts fail.
CREATE OR REPLACE MACRO posts_are_unseen() AS
    EXISTS (FROM meanings WHERE meaning.source > function_log())
    AND NOT EXISTS (FROM meanings WHERE meaning.source = function_log() OR meaning.post IS NOT NULL)
    AND (SELECT sum(events) FROM reading WHERE part = 'window') = (SELECT count(*) FROM candidates WHERE is_counted);

-- An error that names no connection may have hit a connection of its own, or one that another error names.
CREATE OR REPLACE TEMP VIEW gone_metrics AS
WITH totals AS (
    SELECT coalesce(sum(errors), 0)::BIGINT AS errors, coalesce(sum(welcome_errors), 0)::BIGINT AS welcome_errors,
           coalesce(sum(errors) FILTER (connection_id IS NULL), 0)::BIGINT AS unnamed, count(connection_id) AS gone,
           (SELECT count(*) FROM ungreeted) AS ungreeted,
           coalesce(sum(welcome_errors) FILTER (connection_id IS NULL), 0)::BIGINT AS unnamed_welcomes,
           coalesce(max(errors) FILTER (connection_id IS NOT NULL), 0) AS worst,
           (SELECT count(*) FROM connections WHERE is_seen) AS seen
    FROM gone_connections
), bounds AS (
    SELECT seen, least(gone + unnamed, seen) AS most, CASE WHEN unnamed > 0 THEN least(greatest(gone, 1), seen) END AS certain,
           least(ungreeted + unnamed_welcomes, seen) AS most_ungreeted,
           CASE WHEN unnamed_welcomes > 0 THEN least(ungreeted, seen) END AS surely_ungreeted
    FROM totals
), measured AS (
    SELECT 'gone.errors' AS name, errors::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator, NULL::BIGINT AS certain FROM totals
    UNION ALL SELECT 'gone.connections', gone, NULL, NULL, NULL FROM totals
    UNION ALL SELECT 'gone.max_per_connection', worst, NULL, NULL, NULL FROM totals
    UNION ALL SELECT 'gone.welcome_errors', welcome_errors, NULL, NULL, NULL FROM totals
    UNION ALL SELECT 'gone.errors_per_connection', errors / nullif(seen, 0), seen, NULL, NULL FROM totals
    UNION ALL SELECT 'gone.connection_rate', most / nullif(seen, 0), seen, most, certain FROM bounds
    UNION ALL SELECT 'gone.welcome_rate', most_ungreeted / nullif(seen, 0), seen, most_ungreeted, surely_ungreeted FROM bounds
)
SELECT name, CASE WHEN is_unseen THEN NULL ELSE value END AS value, n,
       CASE WHEN is_unseen THEN NULL ELSE numerator END AS numerator, certain,
       CASE WHEN is_unseen THEN 'only a log of API Gateway was read, which tells of no post to a connection: read the function''s, too'
            ELSE '' END AS reason
FROM measured, (SELECT posts_are_unseen() AS is_unseen);

-- How errors cluster; an error that names no connection stands for itself.
CREATE OR REPLACE TEMP VIEW gone_clusters AS
SELECT unnest(['gone.errors', 'gone.errors_per_connection']) AS name,
       coalesce(sum(CASE WHEN connection_id IS NULL THEN errors ELSE errors * errors END), 0)::DOUBLE AS squares
FROM gone_connections;
