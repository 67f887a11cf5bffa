-- Signals: what the lines say, each with its Lambda request and its connection as far as other lines tell them.
-- Reads statements and taught(seq, kind, connection_id), the lines that a user's own patterns matched.

CREATE OR REPLACE TEMP TABLE lines AS
WITH corrected AS (
    -- What the user taught about a line replaces what the grammar made of it.
    SELECT s.* REPLACE (coalesce(t.kinds, s.kinds) AS kinds,
                        coalesce(t.connection_id, s.connection_id) AS connection_id)
    FROM statements s LEFT JOIN (
        SELECT seq, list_distinct(list(kind)) AS kinds, any_value(connection_id) AS connection_id
        FROM taught GROUP BY seq
    ) t USING (seq)
), requested AS (
    FROM corrected WHERE request_id IS NOT NULL AND NOT is_start(message)
    UNION ALL
    -- A line without a request id belongs to the invocation that began last in its log stream.
    SELECT * REPLACE (coalesce(
        request_id,
        last_value(CASE WHEN stream IS NOT NULL AND is_start(message) THEN request_id END IGNORE NULLS)
            OVER (PARTITION BY log_group, stream ORDER BY timestamp, seq)) AS request_id)
    FROM corrected WHERE request_id IS NULL OR is_start(message)
), named AS (
    -- A request that names several connections (a broadcast) tells nothing about its lines without an id.
    SELECT request_id, any_value(connection_id) AS connection_id
    FROM requested
    WHERE request_id IS NOT NULL AND connection_id IS NOT NULL
    GROUP BY request_id
    HAVING count(DISTINCT connection_id) = 1
)
SELECT r.* REPLACE (coalesce(r.connection_id, named.connection_id) AS connection_id),
       uses_vocabulary AND len(kinds) = 0 AS is_near_miss
FROM requested r LEFT JOIN named USING (request_id);

-- "Connection X is gone, deleting" after the error itself is an echo of it, not a second error. Nor is what an access log
-- tells of a connect, disconnect or message a second one, where the function logs that kind for the connection, too.
CREATE OR REPLACE TEMP TABLE signals AS
WITH spread AS (
    SELECT seq, timestamp, unnest(kinds) AS kind, connection_id, request_id, connected_at, is_own, is_counted, is_worded_gone,
           is_access_log
    FROM lines
)
SELECT * EXCLUDE (is_worded_gone, is_access_log)
FROM spread
QUALIFY (kind <> 'gone' OR NOT is_worded_gone OR request_id IS NULL
         OR bool_and(is_worded_gone OR kind <> 'gone') OVER (PARTITION BY request_id, connection_id))
    AND (NOT is_access_log OR kind = 'gone' OR connection_id IS NULL
         OR bool_and(is_access_log) OVER (PARTITION BY connection_id, kind));
