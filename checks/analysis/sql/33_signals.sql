-- Signals: what the lines say about connections, each once.
-- Reads lines.

-- A line whose request is not known stands for itself.
CREATE OR REPLACE MACRO attempt_of(request, seq) AS coalesce(request, hash('line', seq));
CREATE OR REPLACE MACRO is_about_welcome(kind) AS starts_with(kind, 'welcome_');
CREATE OR REPLACE MACRO is_soon(timestamp, other) AS timestamp BETWEEN other - 5_000 AND other + 5_000;

CREATE OR REPLACE TEMP TABLE signals AS
WITH spread AS NOT MATERIALIZED (  -- a copy of millions of lines would go to the disk and back
    SELECT seq, timestamp, unnest(kinds) AS kind, connection_id, request, connected_at, is_own, counts_at, is_counted, is_worded_gone,
           gone_again, names_connection, source
    FROM lines
), in_other_logs AS (
    SELECT DISTINCT connection_id FROM spread WHERE source > function_log() AND connection_id IS NOT NULL
), repeated AS (
    -- "Connection X is gone, deleting" after the error itself is an echo, not a second error.
    SELECT seq, kind FROM spread s SEMI JOIN (FROM spread WHERE kind = 'gone' AND NOT is_worded_gone) error
        ON error.request = s.request AND error.connection_id IS NOT DISTINCT FROM s.connection_id
    WHERE kind = 'gone' AND is_worded_gone
    UNION
    -- An access log or an execution log does not report a second event either, if the function, which knows more, logs that kind for the
    -- connection, too.
    SELECT seq, kind FROM spread s SEMI JOIN (FROM spread SEMI JOIN in_other_logs USING (connection_id)) better
        ON better.connection_id = s.connection_id AND better.kind = s.kind AND better.source < s.source
       AND (s.kind <> 'gone' OR is_soon(better.timestamp, s.timestamp))
    WHERE source > function_log()
    UNION
    -- Those logs name the connection of every connect, disconnect and message. The function need not: its lines that name none are repeats.
    SELECT seq, kind FROM spread SEMI JOIN (FROM spread WHERE source > function_log() AND connection_id IS NOT NULL) named USING (kind)
    WHERE source = function_log() AND connection_id IS NULL AND kind IN ('connect', 'disconnect', 'message')
    UNION
    -- If only one of the two names the connection of a failed post, the other's line within seconds of it is about the same post.
    SELECT s.seq, s.kind FROM spread s JOIN spread named ON is_soon(named.timestamp, s.timestamp)
    WHERE s.kind = 'gone' AND s.connection_id IS NULL AND named.kind = 'gone' AND named.connection_id IS NOT NULL
      AND (s.source = function_log()) <> (named.source = function_log())
), errors AS (
    FROM (FROM spread WHERE kind = 'gone') ANTI JOIN repeated USING (seq, kind)
), reported_before AS (
    -- The exception that ended the invocation repeats what another line of the request reports, unless that is about another connection.
    SELECT seq, kind FROM errors e SEMI JOIN (FROM errors WHERE gone_again IS DISTINCT FROM 'uncaught') other
        ON other.request = e.request
       AND CASE WHEN NOT e.names_connection THEN true
                WHEN other.names_connection THEN other.connection_id = e.connection_id
                ELSE other.gone_again IS NULL END
    WHERE gone_again = 'uncaught'
    UNION ALL
    -- So does "GoneException: UnknownError", for each error that another line reports with its connection or in more words. If only words
    -- such as "X is gone" name it, every line that names none repeats it.
    SELECT seq, kind
    FROM (SELECT seq, kind, request, gone_again, row_number() OVER (PARTITION BY request, gone_again ORDER BY timestamp, seq) AS number
          FROM errors WHERE NOT names_connection AND gone_again IS DISTINCT FROM 'uncaught')
         JOIN (SELECT request, count(*) FILTER (names_connection AND is_worded_gone) AS worded,
                      count(*) FILTER (names_connection OR gone_again IS NULL) AS reported
               FROM errors GROUP BY request) AS others USING (request)
    WHERE number <= CASE WHEN gone_again IS NULL THEN worded ELSE reported END
)
SELECT * EXCLUDE (is_worded_gone, gone_again, names_connection, source)
FROM spread ANTI JOIN (FROM repeated UNION ALL FROM reported_before) AS counted USING (seq, kind);

-- The signals of this run's own probes (34_probes.sql).
CREATE OR REPLACE TEMP TABLE probe_signals AS SELECT *, NULL::VARCHAR AS probe FROM signals LIMIT 0;
