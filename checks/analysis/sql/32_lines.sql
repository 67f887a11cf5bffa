-- What each line says: its meaning is its template's, only ids and times are its own; and the request that it belongs to.
-- Reads candidates, meanings, unsure_lines (of unsure, classified) and taught(seq, kind, connection_id), the lines that a user's
-- own patterns matched. Variable wants_every_line: whether lines that say nothing are wanted, too.

CREATE OR REPLACE MACRO says_something(meaning) AS len(meaning.kinds) > 0 OR meaning.uses_vocabulary;
CREATE OR REPLACE MACRO variable_at(message, place) AS CASE
    WHEN place IS NULL THEN NULL
    WHEN place.before <> '' AND place.after IS NOT NULL AND split_part(within_container(message), place.before, 3) = ''
    THEN split_part(split_part(within_container(message), place.before, 2), place.after, 1)
    ELSE variables_of(sentence_of(message))[place.number] END;
CREATE OR REPLACE MACRO connection_id_in(message, id_place, fixed_id) AS
    coalesce(fixed_id, url_decode(variable_at(message, id_place)));

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
SELECT c.* REPLACE (coalesce(c.request_id, i.request_id) AS request_id) FROM candidates c LEFT JOIN invocations i USING (seq);

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
       meaning.is_welcome AS is_welcome, meaning.is_worded_gone AS is_worded_gone, meaning.is_access_log AS is_access_log,
       meaning.is_throttled AS is_throttled, meaning.is_forbidden AS is_forbidden,
       meaning.uses_vocabulary AND len(kinds) = 0 AS is_near_miss
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

CREATE OR REPLACE TEMP TABLE lines AS
SELECT s.* REPLACE (coalesce(s.connection_id, n.connection_id) AS connection_id)
FROM statements s LEFT JOIN named_requests n USING (request_id);
