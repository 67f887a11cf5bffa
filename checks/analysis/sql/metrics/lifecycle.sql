-- The lives of connections: opened, closed, lost, too short.
CREATE OR REPLACE TEMP VIEW lifecycle_metrics AS
WITH totals AS (
    SELECT count(*) FILTER (state = 'complete') AS complete,
           count(*) FILTER (state = 'open') AS still_open,
           count(*) FILTER (state IN ('lost', 'headless')) AS incomplete,
           count(*) FILTER (state = 'complete'
                            AND duration_seconds < getvariable('short_lived_seconds')) AS short_lived,
           median(duration_seconds) FILTER (state = 'complete') AS median_seconds
    FROM connections
)
SELECT 'lifecycle.events' AS name, count(*)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator
FROM signals WHERE is_counted AND kind IN ('connect', 'disconnect', 'message')
UNION ALL SELECT 'lifecycle.complete', complete, NULL, NULL FROM totals
UNION ALL SELECT 'lifecycle.open', still_open, NULL, NULL FROM totals
UNION ALL SELECT 'lifecycle.incomplete', incomplete, NULL, NULL FROM totals
UNION ALL SELECT 'lifecycle.incomplete_rate', incomplete / nullif(complete + incomplete, 0),
       complete + incomplete, incomplete
FROM totals
UNION ALL SELECT 'lifecycle.short_lived', short_lived, NULL, NULL FROM totals
UNION ALL SELECT 'lifecycle.short_lived_rate', short_lived / nullif(complete, 0), complete, short_lived
FROM totals
UNION ALL SELECT 'lifecycle.median_duration_seconds', median_seconds, complete, NULL FROM totals;
