-- Signals: what the lines say of connections, each once.
-- Reads lines.
CREATE OR REPLACE TEMP TABLE signals AS
WITH spread AS (
    SELECT seq, timestamp, unnest(kinds) AS kind, connection_id, request_id, connected_at, is_own, is_counted, is_worded_gone,
           is_access_log
    FROM lines
), repeated AS (
    -- "Connection X is gone, deleting" after the error itself is an echo of it, not a second error.
    SELECT seq, kind FROM spread s SEMI JOIN (FROM spread WHERE kind = 'gone' AND NOT is_worded_gone) error
        ON error.request_id = s.request_id AND error.connection_id IS NOT DISTINCT FROM s.connection_id
    WHERE kind = 'gone' AND is_worded_gone
    UNION
    -- Nor is what an access log tells a second one, where the function logs that kind for the connection, too.
    SELECT seq, kind FROM spread s SEMI JOIN (FROM spread WHERE NOT is_access_log) own
        ON own.connection_id = s.connection_id AND own.kind = s.kind
    WHERE is_access_log AND kind <> 'gone'
)
SELECT * EXCLUDE (is_worded_gone, is_access_log) FROM spread ANTI JOIN repeated USING (seq, kind);
