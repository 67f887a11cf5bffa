-- One row a welcome message: a connection and Lambda request that said something of its outcome.
-- A line whose request is unknown stands for itself.

CREATE OR REPLACE TEMP TABLE welcomes AS
WITH attempts AS (
    SELECT *, coalesce(request_id, 'line ' || seq) AS attempt FROM signals
), believed AS (
    -- An application may print "sent" without looking at the result: not after a 410 in the same request.
    SELECT attempt, connection_id, kind, timestamp, is_counted,
           kind = 'welcome_sent' AND bool_or(kind = 'gone') OVER (
               PARTITION BY attempt, connection_id ORDER BY timestamp, seq ROWS UNBOUNDED PRECEDING) AS is_contradicted
    FROM attempts
)
SELECT attempt, connection_id, min(timestamp) AS timestamp, arg_min(is_counted, timestamp) AS is_counted,
       bool_or(kind = 'welcome_sent' AND NOT is_contradicted) AS is_sent,
       min(timestamp) FILTER (kind = 'welcome_sent' AND NOT is_contradicted) AS sent_at,
       bool_or(is_contradicted) AS is_contradicted
FROM believed
WHERE kind IN ('welcome_sent', 'welcome_failed')
GROUP BY attempt, connection_id;
