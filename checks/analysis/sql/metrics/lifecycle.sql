-- The lives of connections: opened, closed, lost, too short.
-- A connect or disconnect that names no connection completes none. If many name none, few complete connections prove nothing; and each such
-- disconnect may belong to a connection that seems lost.
CREATE OR REPLACE TEMP VIEW lifecycle_metrics AS
WITH totals AS (
    SELECT count(*) FILTER (state = 'complete') AS complete,
           count(*) FILTER (state = 'open') AS still_open,
           count(*) FILTER (state IN ('lost', 'headless')) AS incomplete,
           count(*) FILTER (state = 'complete'
                            AND duration_seconds < getvariable('short_lived_seconds')) AS short_lived,
           median(duration_seconds) FILTER (state = 'complete') AS median_seconds
    FROM connections
), ends AS (
    SELECT count(*) AS ends, count(*) FILTER (connection_id IS NULL) AS unnamed,
           count(*) FILTER (connection_id IS NULL AND kind = 'disconnect') AS unnamed_disconnects,
           unnamed > 0.1 * ends AS are_unnamed,
           CASE WHEN are_unnamed
                THEN format('{} of {} lines about a connect or disconnect name no connection', unnamed, ends) ELSE '' END AS reason
    FROM signals WHERE is_counted AND kind IN ('connect', 'disconnect')
), measured AS (
    SELECT 'lifecycle.events' AS name, count(*)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator,
           NULL::BIGINT AS certain, false AS needs_names
    FROM signals WHERE is_counted AND kind IN ('connect', 'disconnect', 'message')
    UNION ALL SELECT 'lifecycle.complete', complete, NULL, NULL, NULL, true FROM totals
    UNION ALL SELECT 'lifecycle.open', still_open, NULL, NULL, NULL, false FROM totals
    UNION ALL SELECT 'lifecycle.incomplete', incomplete, NULL, NULL, NULL, true FROM totals
    UNION ALL SELECT 'lifecycle.incomplete_rate', incomplete / nullif(complete + incomplete, 0), complete + incomplete, incomplete,
           CASE WHEN unnamed_disconnects > 0 THEN greatest(incomplete - unnamed_disconnects, 0) END, false
    FROM totals, ends
    UNION ALL SELECT 'lifecycle.short_lived', short_lived, NULL, NULL, NULL, false FROM totals
    UNION ALL SELECT 'lifecycle.short_lived_rate', short_lived / nullif(complete, 0), complete, short_lived, NULL, false FROM totals
    UNION ALL SELECT 'lifecycle.median_duration_seconds', median_seconds, complete, NULL, NULL, false FROM totals
)
SELECT name, CASE WHEN needs_names AND are_unnamed THEN NULL ELSE value END AS value, n, numerator, certain,
       CASE WHEN needs_names THEN reason ELSE '' END AS reason
FROM measured, ends;
