-- The course of the window: what happened in each bucket of time, how long connections lasted, and when the code changed.
-- Reads candidates, keyed, meanings, taught, signals, starts, connections, welcomes; variables since, until, bucket (ms), duration_edges
-- (seconds).
CREATE OR REPLACE TEMP VIEW series AS
WITH happened AS (
    -- A connection opens once and closes once, however many lines say so; a line that names none stands for its request.
    SELECT began AS timestamp, 'connect' AS kind FROM connections WHERE state NOT IN ('elsewhere', 'refused')
    UNION ALL SELECT ended, 'disconnect' FROM connections WHERE state <> 'elsewhere'
    UNION ALL SELECT min(timestamp), kind FROM signals
              WHERE connection_id IS NULL AND is_counted AND kind IN ('connect', 'disconnect')
              GROUP BY kind, attempt_of(request, seq)
    UNION ALL SELECT timestamp, kind FROM signals WHERE kind = 'gone' AND is_counted
    UNION ALL SELECT timestamp, CASE WHEN is_sent THEN 'sent' ELSE 'failed' END FROM welcomes WHERE is_counted
), counted AS (  -- before the join, which would hold all that happened in memory
    SELECT timestamp - (timestamp - getvariable('since')) % getvariable('bucket') AS start,
           count(*) FILTER (kind = 'connect') AS connects, count(*) FILTER (kind = 'disconnect') AS disconnects,
           count(*) FILTER (kind = 'gone') AS gone_errors, count(*) FILTER (kind = 'sent') AS welcomes_sent,
           count(*) FILTER (kind = 'failed') AS welcomes_failed
    FROM happened WHERE in_window(timestamp)
    GROUP BY start
), stretches AS (
    SELECT unnest(range(getvariable('since'), getvariable('until'), getvariable('bucket'))) AS start
)
SELECT start, coalesce(COLUMNS(counted.* EXCLUDE start), 0)
FROM stretches LEFT JOIN counted USING (start)
ORDER BY start;

CREATE OR REPLACE TEMP VIEW durations AS
WITH counted AS (
    SELECT list_max(list_filter(getvariable('duration_edges'), lambda one:
                    one <= greatest(duration_seconds, getvariable('duration_edges')[1]))) AS edge,
           count(*) AS connections
    FROM connections WHERE state = 'complete'
    GROUP BY edge
)
SELECT edge, coalesce(connections, 0) AS connections
FROM (SELECT unnest(getvariable('duration_edges')) AS edge) LEFT JOIN counted USING (edge)
ORDER BY edge;

-- A published version that served for the first time in the window, if another had served before. This applies to functions that log about
-- connections, not to those that only log into the same place.
CREATE OR REPLACE TEMP VIEW deploys AS
WITH versions AS (
    SELECT log_group, version, min(timestamp) AS first
    FROM (SELECT *, coalesce(log_group, '') AS place FROM starts)
    -- (by what sentences mean: a join of all lines with all signals does not fit into memory)
    WHERE place IN (SELECT coalesce(log_group, '') FROM keyed SEMI JOIN (FROM meanings WHERE len(meaning.kinds) > 0) USING (key)
                    UNION SELECT coalesce(log_group, '') FROM candidates SEMI JOIN taught USING (seq))
    GROUP BY ALL
)
SELECT version, min(first) AS first
FROM versions v
WHERE version <> '$LATEST' AND in_window(first)
  AND EXISTS (FROM versions other WHERE other.first < v.first AND other.log_group IS NOT DISTINCT FROM v.log_group)
GROUP BY version
ORDER BY first;
