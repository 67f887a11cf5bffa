-- One row a connection: when it began and ended, and in which window it is judged.
-- Reads signals; variables since, until, look_back (ms), covered_since (ms: how far back the data reach).

CREATE OR REPLACE TEMP TABLE connections AS
WITH stories AS (
    SELECT connection_id,
           coalesce(min(timestamp) FILTER (kind = 'connect'), min(connected_at) FILTER (kind = 'disconnect')) AS began,
           min(timestamp) FILTER (kind = 'disconnect') AS ended,
           bool_or(is_counted) AS is_seen,
           -- its $connect failed, and nothing was heard of it but that nobody could reach it
           bool_or(kind = 'connect' AND request_id IN (FROM refused_requests)) IS TRUE AND NOT bool_or(kind = 'message') AS is_refused,
           -- the first that names a version: an access log names none
           coalesce(arg_min(is_own, timestamp) FILTER (kind = 'disconnect'),
                    arg_min(is_own, timestamp) FILTER (kind = 'connect')) AS is_own
    FROM signals
    WHERE connection_id IS NOT NULL
    GROUP BY connection_id
)
SELECT * EXCLUDE (is_own, is_refused),
       CASE WHEN is_own IS NOT TRUE THEN 'elsewhere'  -- another version of the function saw it last
            WHEN ended IS NOT NULL AND ended < getvariable('since') THEN 'earlier'
            WHEN ended IS NOT NULL AND began IS NOT NULL THEN 'complete'
            WHEN ended IS NULL AND is_refused THEN 'refused'
            -- its connect would have been read, had it been logged
            WHEN ended IS NOT NULL AND ended - getvariable('look_back') >= getvariable('covered_since') THEN 'headless'
            WHEN began IS NULL THEN 'unknown'
            WHEN began + getvariable('look_back') < getvariable('since') THEN 'earlier'
            WHEN began + getvariable('look_back') < getvariable('until') THEN 'lost'
            ELSE 'open' END AS state,
       CASE WHEN ended IS NOT NULL AND began IS NOT NULL THEN greatest(ended - began, 0) / 1000 END AS duration_seconds
FROM stories;
