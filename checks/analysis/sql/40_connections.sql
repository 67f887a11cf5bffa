-- One row per connection: when it began and ended, and in which window it is judged.
-- Reads signals, refused_requests, refused_upgrades; variables since, until, lifetime, settling (ms), last_moment (ms, or NULL),
-- covered_since (ms: how far back the data reach).

-- When the outcome of something is settled: as soon as it is right, or some seconds after the first line about it. So a line just after the
-- end of a window is taken into account, and the outcome counts in the next window. If the logs end with the window, nobody waits.
CREATE OR REPLACE MACRO settled_at(first, right_at) AS
    least(first + getvariable('settling'), right_at, getvariable('last_moment'));  -- least() ignores NULL

CREATE OR REPLACE TEMP TABLE connections AS
WITH stories AS (
    SELECT connection_id,
           min(connected_at) FILTER (kind = 'disconnect') AS connected_at_end,
           coalesce(min(timestamp) FILTER (kind = 'connect'), connected_at_end) AS began,
           coalesce(min(counts_at) FILTER (kind = 'connect'), connected_at_end) AS began_at,
           min(timestamp) FILTER (kind = 'disconnect') AS ended,
           min(counts_at) FILTER (kind = 'disconnect') AS ended_at,
           bool_or(is_counted) AS is_seen,
           -- its $connect failed, and nothing was heard of it except that nobody could reach it
           bool_or(kind = 'connect' AND request IN (FROM refused_requests)) AND NOT bool_or(kind = 'message') AS is_refused,
           -- of the first line that names a version, which an access log does not
           coalesce(arg_min(is_own, timestamp) FILTER (kind = 'disconnect'),
                    arg_min(is_own, timestamp) FILTER (kind = 'connect')) AS is_own
    FROM signals
    WHERE connection_id IS NOT NULL
    GROUP BY connection_id
), judged AS (
    -- (A clock that is behind may stamp a $disconnect before its $connect, unless the $disconnect itself tells when the connection began.)
    SELECT *, least(began_at + getvariable('lifetime'),
                    CASE WHEN ended IS NULL THEN NULL
                         WHEN connected_at_end IS NOT NULL THEN ended_at
                         ELSE settled_at(ended_at, CASE WHEN began IS NOT NULL THEN greatest(ended_at, began_at) END) END) AS settled
    FROM stories
)
SELECT connection_id, began, ended, is_seen,
       CASE WHEN is_own IS NOT TRUE THEN 'elsewhere'  -- another version of the function saw it last
            WHEN ended IS NULL AND is_refused THEN 'refused'
            WHEN settled < getvariable('since') THEN 'earlier'
            WHEN ended IS NULL AND settled >= getvariable('until') THEN 'open'
            WHEN settled >= getvariable('until') THEN 'unsettled'
            WHEN ended IS NOT NULL AND began IS NOT NULL THEN 'complete'
            -- its connect would have been read if it had been logged
            WHEN ended - getvariable('lifetime') >= getvariable('covered_since') THEN 'headless'
            WHEN began IS NULL THEN 'unknown'
            ELSE 'lost' END AS state,
       CASE WHEN ended IS NOT NULL AND began IS NOT NULL THEN greatest(ended - began, 0) / 1000 END AS duration_seconds
FROM judged;

-- How many connections were refused, and when.
CREATE OR REPLACE TEMP VIEW refused_connections AS
SELECT count(*) AS connections, min(timestamp) AS first, max(timestamp) AS last
FROM (SELECT began AS timestamp FROM connections WHERE state = 'refused' AND in_window(began)
      UNION ALL SELECT timestamp FROM refused_upgrades ANTI JOIN connections USING (connection_id));
