-- One row per welcome message: a connection and a Lambda request that logged something about its outcome.
-- A failure is final if no retry made up for it within some seconds (settled_at in 40_connections.sql).

CREATE OR REPLACE TEMP TABLE welcomes AS
WITH attempts AS (
    SELECT *, attempt_of(request, seq) AS attempt FROM signals
), believed AS (
    -- An application may print "sent" without looking at the result: it is not believed after a 410 in the same request.
    SELECT attempt, connection_id, kind, timestamp, counts_at, is_own,
           kind = 'welcome_sent' AND bool_or(kind = 'gone') OVER (
               PARTITION BY attempt, connection_id ORDER BY timestamp, seq ROWS UNBOUNDED PRECEDING) AS is_contradicted
    FROM attempts
), outcomes AS (
    SELECT attempt, connection_id, min(timestamp) AS timestamp, arg_min(is_own, timestamp) AS is_own,
           min(counts_at) AS counts_at, min(counts_at) FILTER (kind = 'welcome_sent' AND NOT is_contradicted) AS sent_counts_at,
           bool_or(kind = 'welcome_sent' AND NOT is_contradicted) AS is_sent,
           min(timestamp) FILTER (kind = 'welcome_sent' AND NOT is_contradicted) AS sent_at,
           bool_or(is_contradicted) AS is_contradicted
    FROM believed
    WHERE kind IN ('welcome_sent', 'welcome_failed')
    GROUP BY attempt, connection_id
)
SELECT * EXCLUDE (is_own, counts_at), is_own IS TRUE AND in_window(settled_at(counts_at, sent_counts_at)) AS is_counted FROM outcomes;

-- One row per connection with any signal of its welcome: each is judged once, whichever request retried it.
CREATE OR REPLACE TEMP TABLE greetings AS
WITH tried AS (
    SELECT connection_id, min(timestamp) AS timestamp, min(counts_at) AS counts_at, arg_min(is_own, timestamp) AS is_own
    FROM signals WHERE connection_id IS NOT NULL AND is_about_welcome(kind)
    GROUP BY connection_id
), delivered AS (
    SELECT connection_id, min(sent_counts_at) AS sent_counts_at FROM welcomes GROUP BY connection_id
)
SELECT connection_id, timestamp, sent_counts_at IS NOT NULL AS is_delivered,
       is_own IS TRUE AND in_window(settled_at(counts_at, sent_counts_at)) AS is_counted
FROM tried LEFT JOIN delivered USING (connection_id);

-- The time from connect to welcome, for connections whose connect was read; only the first welcome of each counts.
CREATE OR REPLACE TEMP VIEW welcome_delays AS
SELECT connection_id, min(sent_at) AS sent_at, greatest(min(sent_at) - any_value(began), 0) / 1000 AS seconds,
       arg_min(is_counted, sent_at) AS is_counted
FROM welcomes JOIN connections USING (connection_id)
WHERE is_sent AND began IS NOT NULL
GROUP BY connection_id;
