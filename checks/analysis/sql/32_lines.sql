-- What each line says: its meaning is its template's, only ids and times are its own; and the request that it belongs to.
-- Reads candidates, meanings, unsure_lines (of unsure, classified) and taught(seq, kind, connection_id), the lines that a user's
-- own patterns matched. Variable wants_every_line: whether lines that say nothing are wanted, too.

CREATE OR REPLACE MACRO says_something(meaning) AS len(meaning.kinds) > 0 OR meaning.uses_vocabulary OR meaning.is_riddle;
CREATE OR REPLACE MACRO variable_at(message, place) AS CASE
    WHEN place IS NULL THEN NULL
    WHEN place.before <> '' AND place.after IS NOT NULL AND split_part(within_container(message), place.before, 3) = ''
    THEN split_part(split_part(within_container(message), place.before, 2), place.after, 1)
    ELSE variables_of(sentence_of(message))[place.number] END;
CREATE OR REPLACE MACRO connection_id_in(message, id_place, fixed_id) AS
    coalesce(fixed_id, url_decode(variable_at(message, id_place)));

-- What the user says that nobody needs to know: variable ignored, a pattern (may be NULL).
CREATE OR REPLACE MACRO is_ignored(text) AS coalesce(regexp_matches(text, getvariable('ignored')), false);

-- The first lines of invocations. A line without a request id belongs to the invocation that began last in its log stream.
CREATE OR REPLACE TEMP TABLE starts AS
SELECT seq, timestamp, log_group, stream, request_id, is_counted, meaning.version AS version
FROM candidates JOIN (FROM meanings WHERE meaning.is_start) USING (template);

CREATE OR REPLACE MACRO moment(timestamp, seq) AS timestamp::HUGEINT * 1_000_000_000_000 + seq;
CREATE OR REPLACE TEMP TABLE invocations AS
SELECT c.seq, s.request_id
FROM (FROM candidates WHERE request_id IS NULL) c ASOF JOIN (FROM starts WHERE request_id IS NOT NULL) s
  ON c.stream = s.stream AND coalesce(c.log_group, '') = coalesce(s.log_group, '')
 AND moment(c.timestamp, c.seq) >= moment(s.timestamp, s.seq);
CREATE OR REPLACE TEMP VIEW requested AS
FROM candidates WHERE request_id IS NOT NULL
UNION ALL
SELECT c.* REPLACE (i.request_id AS request_id) FROM (FROM candidates WHERE request_id IS NULL) c LEFT JOIN invocations i USING (seq);

-- What a line says by itself.
CREATE OR REPLACE TEMP TABLE statements AS
WITH taught_lines AS (  -- what the user taught about a line replaces what the grammar made of it
    SELECT seq, list_distinct(list(kind)) AS kinds, any_value(connection_id) AS connection_id FROM taught GROUP BY seq
), spoken AS (
    SELECT r.*, meaning, connection_id_in(text, id_place, fixed_id) AS connection_id,
           try_cast(variable_at(text, connected_at_place) AS BIGINT) AS connected_at,
           variable_at(text, close_code_place) AS close_code,
           t.kinds AS taught_kinds, t.connection_id AS taught_id
    FROM requested r JOIN (FROM meanings WHERE is_sure) USING (template) LEFT JOIN taught_lines t USING (seq)
    WHERE says_something(meaning) OR t.kinds IS NOT NULL OR getvariable('wants_every_line')
    UNION ALL
    SELECT r.*, meaning, u.connection_id, connected_at, close_code, t.kinds, t.connection_id
    FROM requested r JOIN unsure_lines u USING (seq) LEFT JOIN taught_lines t USING (seq)
    WHERE says_something(meaning) OR t.kinds IS NOT NULL OR getvariable('wants_every_line')
)
SELECT seq, timestamp, log_group, stream, request_id, template, is_own, is_counted,
       coalesce(taught_kinds, meaning.kinds) AS kinds, coalesce(taught_id, connection_id) AS connection_id, connected_at, close_code,
       meaning.is_welcome AS is_welcome, meaning.is_worded_gone AS is_worded_gone, meaning.repeats_gone AS repeats_gone,
       meaning.source AS source, meaning.is_throttled AS is_throttled, meaning.is_forbidden AS is_forbidden,
       meaning.uses_vocabulary AND len(kinds) = 0 AND NOT is_ignored(text) AS is_near_miss,
       meaning.is_riddle AND len(kinds) = 0 AND NOT is_ignored(text) AS is_riddle
FROM spoken;

-- The connection of a request, for its lines that name none. One that names several (a broadcast) tells nothing.
CREATE OR REPLACE TEMP TABLE named_requests AS
WITH needed AS (
    SELECT DISTINCT request_id FROM statements WHERE connection_id IS NULL AND request_id IS NOT NULL
), quiet AS (  -- lines that say nothing may name it
    SELECT request_id, connection_id_in(text, id_place, fixed_id) AS connection_id
    FROM requested SEMI JOIN needed USING (request_id) ANTI JOIN statements USING (seq)
         JOIN (FROM meanings WHERE is_sure AND (id_place IS NOT NULL OR fixed_id IS NOT NULL)) USING (template)
    UNION ALL
    SELECT request_id, connection_id
    FROM requested SEMI JOIN needed USING (request_id) ANTI JOIN statements USING (seq) JOIN unsure_lines USING (seq)
)
SELECT request_id, any_value(connection_id) AS connection_id
FROM (FROM quiet UNION ALL SELECT request_id, connection_id FROM statements SEMI JOIN needed USING (request_id))
WHERE connection_id IS NOT NULL
GROUP BY request_id
HAVING count(DISTINCT connection_id) = 1;

-- A GoneException that names no connection is that of the one that was posted to last, where a line said so before it.
CREATE OR REPLACE TEMP TABLE posted_to AS
WITH errors AS (
    SELECT seq, timestamp, request_id FROM statements
    WHERE connection_id IS NULL AND request_id IS NOT NULL AND list_contains(kinds, 'gone')
), posts AS (
    SELECT seq, timestamp, request_id,
           CASE WHEN meaning.post = 'begun' THEN connection_id_in(text, id_place, fixed_id) END AS connection_id
    FROM requested SEMI JOIN errors USING (request_id)
         JOIN (FROM meanings WHERE is_sure AND meaning.post IS NOT NULL AND (id_place IS NOT NULL OR fixed_id IS NOT NULL))
         USING (template)
    UNION ALL
    SELECT r.seq, timestamp, request_id, CASE WHEN meaning.post = 'begun' THEN u.connection_id END
    FROM requested r SEMI JOIN errors USING (request_id) JOIN unsure_lines u USING (seq)
    WHERE meaning.post IS NOT NULL AND u.connection_id IS NOT NULL
)
SELECT e.seq, p.connection_id
FROM errors e ASOF JOIN posts p ON e.request_id = p.request_id AND moment(e.timestamp, e.seq) >= moment(p.timestamp, p.seq);

-- Else it is that of the client whom the request greets, or of the only one that it names: but not where that one sent a message,
-- left, was just reached, or has an error of its own.
CREATE OR REPLACE TEMP TABLE named_lines AS
WITH requests AS (
    SELECT request_id, bool_or(list_has_any(kinds, ['connect', 'welcome_sent', 'welcome_failed', 'welcome_retry'])) AS is_greeting,
           bool_or(list_has_any(kinds, ['message', 'disconnect'])
                   OR (list_contains(kinds, 'gone') AND connection_id IS NOT NULL)) AS is_others
    FROM statements WHERE request_id IN (SELECT request_id FROM statements WHERE connection_id IS NULL AND list_contains(kinds, 'gone'))
    GROUP BY request_id
)
SELECT s.* REPLACE (coalesce(
           s.connection_id,
           CASE WHEN s.is_welcome OR NOT list_contains(kinds, 'gone') THEN n.connection_id
                WHEN p.connection_id IS NOT NULL THEN p.connection_id
                WHEN is_greeting OR (p.seq IS NULL AND NOT is_others) THEN n.connection_id END) AS connection_id),
       s.connection_id IS NOT NULL AS names_connection
FROM statements s LEFT JOIN named_requests n USING (request_id) LEFT JOIN posted_to p USING (seq) LEFT JOIN requests USING (request_id);

-- Requests that failed or turned the client away: a $connect among them opened no connection.
CREATE OR REPLACE TEMP TABLE refused_requests AS
SELECT DISTINCT request_id
FROM requested SEMI JOIN (FROM statements WHERE list_contains(kinds, 'connect')) USING (request_id)
     JOIN (FROM meanings WHERE is_sure AND meaning.is_refusal) USING (template)
UNION
SELECT request_id FROM requested JOIN unsure_lines USING (seq) WHERE meaning.is_refusal AND request_id IS NOT NULL;

-- A line that names a connection in words that nobody knows is a near miss where no line of its invocation was understood;
-- one whose invocation is not known, where no other line tells of its connection.
CREATE OR REPLACE TEMP TABLE missed_lines AS
WITH riddles AS (
    SELECT seq, request_id, connection_id FROM statements WHERE is_riddle
), understood_requests AS (
    SELECT request_id FROM statements SEMI JOIN riddles USING (request_id) WHERE len(kinds) > 0
    UNION
    SELECT request_id FROM requested SEMI JOIN riddles USING (request_id) JOIN (FROM meanings WHERE is_sure AND meaning.is_known) USING (template)
    UNION
    SELECT request_id FROM requested SEMI JOIN riddles USING (request_id) JOIN (FROM unsure_lines WHERE meaning.is_known) USING (seq)
)
SELECT seq FROM riddles ANTI JOIN understood_requests USING (request_id) WHERE request_id IS NOT NULL
UNION ALL
SELECT seq FROM (FROM riddles WHERE request_id IS NULL) ANTI JOIN (FROM statements WHERE len(kinds) > 0) USING (connection_id);

-- An execution log tells of a request step by step: the first step that says something counts, and a connect only where all went well.
CREATE OR REPLACE TEMP TABLE silent_steps AS
WITH steps AS (
    SELECT seq, request_id, kinds, row_number() OVER (PARTITION BY request_id, kinds ORDER BY timestamp, seq) AS number
    FROM statements WHERE source = execution_log() AND len(kinds) > 0
)
SELECT seq FROM steps WHERE number > 1 OR (kinds = ['connect'] AND request_id IN (FROM refused_requests));

CREATE OR REPLACE TEMP TABLE lines AS
SELECT * REPLACE (CASE WHEN seq IN (FROM silent_steps) THEN [] ELSE kinds END AS kinds,
                  is_near_miss OR seq IN (FROM missed_lines) AS is_near_miss)
FROM named_lines;
