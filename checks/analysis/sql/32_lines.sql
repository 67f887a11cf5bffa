-- What each line says: its meaning is that of its template, and only ids and times are its own; and the request that it belongs to.
-- Reads scanned, candidates, meanings, unsure_templates and taught(seq, kind, connection_id): the lines that a user's own patterns match.
-- Variable wants_every_line: whether lines that say nothing are wanted, too.

CREATE OR REPLACE MACRO says_something(meaning) AS
    len(meaning.kinds) > 0 OR meaning.uses_vocabulary OR meaning.is_riddle OR meaning.clears_stale;
-- Whether the user declared a text unimportant: variable ignored, a pattern (may be NULL).
CREATE OR REPLACE MACRO is_ignored(text) AS coalesce(regexp_matches(text, getvariable('ignored')), false);

-- Each line with the key of its meaning.
CREATE OR REPLACE TEMP VIEW keyed AS
SELECT c.*, if(u.template IS NULL, c.template, seq::UBIGINT) AS key
FROM candidates c LEFT JOIN unsure_templates u ON u.template = c.template;

-- The first lines of invocations. A line without a request id belongs to the last invocation that began before it in its log stream.
CREATE OR REPLACE TEMP TABLE starts AS
SELECT seq, timestamp, log_group, stream, request, is_counted, meaning.version AS version
FROM keyed JOIN (FROM meanings WHERE meaning.is_start) USING (key);

-- The id of each request, as one of its lines gives it.
CREATE OR REPLACE TEMP VIEW request_ids AS
SELECT request, any_value(named_request_id(message, stored_request_id)) AS request_id
FROM scanned WHERE request IS NOT NULL AND message IS NOT NULL GROUP BY request;

CREATE OR REPLACE MACRO moment(timestamp, seq) AS timestamp::HUGEINT * 1_000_000_000_000 + seq;
CREATE OR REPLACE TEMP TABLE invocations AS
WITH unknown AS (
    SELECT seq, timestamp, log_group, stream FROM candidates WHERE request IS NULL
)
SELECT c.seq, s.request
FROM unknown c ASOF JOIN (FROM starts WHERE request IS NOT NULL AND stream IN (SELECT stream FROM unknown)) s
  ON c.stream = s.stream AND coalesce(c.log_group, '') = coalesce(s.log_group, '')
 AND moment(c.timestamp, c.seq) >= moment(s.timestamp, s.seq);

-- The lines, each with the request that it belongs to.
CREATE OR REPLACE TEMP VIEW keyed_lines AS
SELECT k.* REPLACE (coalesce(k.request, i.request) AS request) FROM keyed k LEFT JOIN invocations i USING (seq);

-- A variable by its place in the template. In most lines, the text around it shows where it is, without a search for all variables.
CREATE OR REPLACE MACRO split_at(line, place) AS CASE WHEN place.before <> '' THEN string_split(line, place.before) END;
CREATE OR REPLACE MACRO cut_out(parts, place) AS
    CASE WHEN len(parts) = 2 THEN left(parts[2], nullif(strpos(parts[2], place.after), 0) - 1) END;
CREATE OR REPLACE MACRO is_missing(variable, place) AS place IS NOT NULL AND variable IS NULL;

-- Each line with its request, the key of its meaning, and the variables that are needed.
CREATE OR REPLACE TABLE bulk.requested AS
WITH meant AS (
    SELECT seq, message, slot, request, m.* EXCLUDE is_sure,
           meaning.uses_vocabulary OR meaning.is_riddle OR meaning.clears_stale OR meaning.kinds = ['disconnect'] AS may_be_open
    FROM keyed_lines JOIN meanings m USING (key)
), worded AS (  -- if there is nothing to cut out, nobody reads the text
    SELECT *, CASE WHEN may_be_open OR id_place IS NOT NULL OR connected_at_place IS NOT NULL OR close_code_place IS NOT NULL
                   THEN text_of(message, slot) END AS text
    FROM meant
), contained AS (
    SELECT *, within_container(text) AS line FROM worded
), split AS (
    SELECT *, split_at(line, id_place) AS id_split, split_at(line, connected_at_place) AS connected_at_split,
           split_at(line, close_code_place) AS close_code_split
    FROM contained
), cut AS (
    SELECT *, cut_out(id_split, id_place) AS id_part, cut_out(connected_at_split, connected_at_place) AS connected_at_part,
           cut_out(close_code_split, close_code_place) AS close_code_part
    FROM split
), searched AS (
    SELECT *, CASE WHEN is_missing(id_part, id_place) OR is_missing(connected_at_part, connected_at_place)
                        OR is_missing(close_code_part, close_code_place) THEN variables_of(sentence_of(text)) END AS variables
    FROM cut
)
SELECT seq, request, key,
       coalesce(fixed_id, plain_id(coalesce(id_part, variables[id_place.number]))) AS connection_id,
       coalesce(fixed_connected_at, try_cast(coalesce(connected_at_part, variables[connected_at_place.number]) AS BIGINT)) AS connected_at,
       coalesce(fixed_close_code, close_code_part, variables[close_code_place.number]) AS close_code,
       may_be_open AND NOT is_ignored(text) AS is_open
FROM searched;

-- API Gateway's ids end in "=". If one is logged both with and without it, as in an access log and by a function that cuts it off, it is
-- the same connection.
CREATE OR REPLACE TEMP TABLE cut_ids AS
WITH named AS NOT MATERIALIZED (
    SELECT connection_id FROM bulk.requested UNION ALL SELECT connection_id FROM taught
), short AS (
    SELECT DISTINCT connection_id FROM named WHERE length(connection_id) = 15 AND connection_id[12] = 'C'
)
SELECT DISTINCT short.connection_id FROM short JOIN named ON named.connection_id = short.connection_id || '=';
UPDATE bulk.requested SET connection_id = connection_id || '=' WHERE connection_id IN (FROM cut_ids);
UPDATE taught SET connection_id = connection_id || '=' WHERE connection_id IN (FROM cut_ids);

-- What the user taught about a line replaces what the grammar found in it.
CREATE OR REPLACE TEMP TABLE taught_lines AS
SELECT seq, list_distinct(list(kind)) AS taught_kinds, any_value(connection_id) AS taught_id FROM taught GROUP BY seq;

-- What a line says by itself.
CREATE OR REPLACE TABLE bulk.statements AS
SELECT seq, timestamp, request, template, is_own, counts_at, is_counted, coalesce(taught_id, connection_id) AS connection_id,
       connected_at, close_code, coalesce(taught_kinds, meaning.kinds) AS kinds,
       meaning.is_welcome AS is_welcome, meaning.is_worded_gone AS is_worded_gone, meaning.gone_again AS gone_again,
       meaning.source AS source, meaning.is_throttled AS is_throttled, meaning.is_forbidden AS is_forbidden,
       is_open AND meaning.uses_vocabulary AS may_be_near_miss,
       is_open AND meaning.is_riddle AND len(kinds) = 0 AS is_riddle, meaning.announces_welcome AS announces_welcome, is_open,
       meaning.clears_stale AS clears_stale, meaning.breaks_off_answer AS breaks_off_answer
FROM requested JOIN meanings USING (key) LEFT JOIN taught_lines USING (seq)
     JOIN (SELECT seq, timestamp, template, is_own, counts_at, is_counted FROM candidates) USING (seq)
WHERE says_something(meaning) OR taught_kinds IS NOT NULL OR getvariable('wants_every_line');

-- The connection of a request, for its lines that name none. If a request names several (a broadcast), it is the one of its connect,
-- disconnect or message; a line about an error does not show whose request it is.
CREATE OR REPLACE TEMP TABLE named_requests AS
WITH needed AS (
    SELECT DISTINCT request FROM statements WHERE connection_id IS NULL AND request IS NOT NULL
), naming AS (  -- a line that says nothing may still name it
    SELECT request, coalesce(taught_id, r.connection_id) AS connection_id
    FROM requested r SEMI JOIN needed USING (request) LEFT JOIN taught_lines USING (seq)
), pairs AS (
    SELECT DISTINCT request, connection_id FROM naming WHERE connection_id IS NOT NULL
), alone AS (
    FROM pairs ANTI JOIN (SELECT request FROM pairs GROUP BY request HAVING count(*) > 1) USING (request)
), clients AS (
    SELECT request, any_value(connection_id) AS connection_id FROM statements SEMI JOIN needed USING (request)
    WHERE connection_id IS NOT NULL AND list_has_any(kinds, ['connect', 'disconnect', 'message'])
    GROUP BY request HAVING count(DISTINCT connection_id) = 1
)
SELECT *, true AS is_alone FROM alone UNION ALL SELECT *, false FROM clients ANTI JOIN alone USING (request);

-- A GoneException that names no connection belongs to the connection that was last posted to, if a line before it says so.
CREATE OR REPLACE TEMP TABLE posted_to AS
WITH errors AS (
    SELECT seq, timestamp, request FROM statements
    WHERE connection_id IS NULL AND request IS NOT NULL AND list_contains(kinds, 'gone')
), posts AS (
    SELECT seq, timestamp, request, CASE WHEN meaning.post = 'begun' THEN connection_id END AS connection_id
    FROM requested SEMI JOIN errors USING (request) JOIN (FROM meanings WHERE meaning.post IS NOT NULL) USING (key)
         JOIN (SELECT seq, timestamp FROM candidates) USING (seq)
    WHERE connection_id IS NOT NULL
)
SELECT e.seq, p.connection_id
FROM errors e ASOF JOIN posts p ON e.request = p.request AND moment(e.timestamp, e.seq) >= moment(p.timestamp, p.seq);

-- Otherwise it belongs to the client that the request greets, or to the only connection that the request names, unless that client sent a
-- message, left, was just reached, or has an error of its own.
CREATE OR REPLACE TEMP VIEW named_lines AS
WITH requests AS (
    SELECT request, bool_or(list_has_any(kinds, ['connect', 'welcome_sent', 'welcome_failed', 'welcome_retry'])) AS is_greeting,
           bool_or(list_has_any(kinds, ['message', 'disconnect'])
                   OR (list_contains(kinds, 'gone') AND connection_id IS NOT NULL)) AS is_others
    FROM statements WHERE request IN (SELECT request FROM statements WHERE connection_id IS NULL AND list_contains(kinds, 'gone'))
    GROUP BY request
)
SELECT s.* REPLACE (coalesce(
           s.connection_id,
           CASE WHEN s.is_welcome OR NOT list_contains(kinds, 'gone') THEN n.connection_id
                WHEN p.connection_id IS NOT NULL THEN p.connection_id
                WHEN is_alone AND (is_greeting OR (p.seq IS NULL AND NOT is_others)) THEN n.connection_id END) AS connection_id),
       s.connection_id IS NOT NULL AS names_connection
FROM statements s LEFT JOIN named_requests n ON n.request = s.request LEFT JOIN posted_to p USING (seq)
LEFT JOIN requests ON requests.request = s.request;

-- Lines about a failed request, or about one that turned the client away.
CREATE OR REPLACE TEMP TABLE refusals AS
SELECT seq, request, connection_id, meaning.source AS source FROM requested JOIN (FROM meanings WHERE meaning.is_refusal) USING (key);

-- Their requests: a $connect among them opened no connection. Nor did a $connect that the function accepted, if API Gateway still refused
-- the upgrade, as its access log shows.
CREATE OR REPLACE TEMP TABLE refused_requests AS
WITH connects AS (
    SELECT request, connection_id, source FROM statements WHERE list_contains(kinds, 'connect')
)
SELECT request FROM refusals SEMI JOIN connects USING (request)
UNION
SELECT request
FROM (FROM connects WHERE source = function_log()) SEMI JOIN (FROM refusals WHERE source = access_log()) USING (connection_id);

-- Upgrades that API Gateway refused. If the function was throttled, or an authorizer said no, only the access log shows it.
CREATE OR REPLACE TEMP TABLE refused_upgrades AS
SELECT connection_id, min(timestamp) AS timestamp
FROM refusals JOIN (SELECT seq, timestamp FROM candidates WHERE is_counted) USING (seq)
WHERE source = access_log() AND connection_id IS NOT NULL
GROUP BY connection_id;

-- A line that names a connection in words that are not understood is a near miss if no line of its invocation was understood. If its
-- invocation is not known, it is a near miss if no other line is about its connection.
CREATE OR REPLACE TEMP TABLE missed_lines AS
WITH riddles AS (
    SELECT seq, request, connection_id FROM statements WHERE is_riddle
), understood_requests AS (
    SELECT request FROM statements SEMI JOIN riddles USING (request) WHERE len(kinds) > 0
    UNION ALL
    SELECT request FROM requested SEMI JOIN riddles USING (request) JOIN (FROM meanings WHERE meaning.is_known) USING (key)
)
SELECT seq FROM riddles ANTI JOIN understood_requests USING (request) WHERE request IS NOT NULL
UNION ALL
SELECT seq FROM (FROM riddles WHERE request IS NULL) ANTI JOIN (FROM statements WHERE len(kinds) > 0) USING (connection_id);

-- What else is said of a welcome ("Welcome for X is queued") is not a near miss if its request, or another line about the connection, shows
-- what became of it. If the request says nothing more than an announcement, and that a post to this connection met a 410, the welcome
-- failed. (Only if some request says that a welcome was sent: otherwise none would be known to have arrived.)
CREATE OR REPLACE TEMP TABLE known_announcements AS
WITH announced AS (
    SELECT seq, request, connection_id, announces_welcome FROM named_lines WHERE is_welcome AND len(kinds) = 0 AND request IS NOT NULL
), outcomes AS (
    SELECT request, connection_id FROM statements WHERE is_welcome AND len(kinds) > 0
)
SELECT seq, false AS is_failed FROM announced
WHERE request IN (SELECT request FROM outcomes) OR connection_id IN (SELECT connection_id FROM outcomes)
UNION ALL
SELECT seq, true FROM announced SEMI JOIN (FROM named_lines WHERE list_contains(kinds, 'gone')) error USING (request, connection_id)
     ANTI JOIN outcomes USING (request)
WHERE announces_welcome AND EXISTS (FROM statements WHERE list_contains(kinds, 'welcome_sent'));

-- An execution log reports a request step by step: the first step that says something counts, and a connect counts only if all went well.
CREATE OR REPLACE TEMP TABLE silent_steps AS
WITH steps AS (
    SELECT seq, request, kinds, row_number() OVER (PARTITION BY request, kinds ORDER BY timestamp, seq) AS number
    FROM statements WHERE source = execution_log() AND len(kinds) > 0
)
SELECT seq FROM steps WHERE number > 1 OR (kinds = ['connect'] AND request IN (FROM refused_requests));

-- Lines about the end of a connection in a request that handles a client's message or connect: another client's end; after a message,
-- also the client's own end once a post to it met a 410, or where it broke off the answer; an end that names nobody beside a post to
-- somebody else; and a stale connection that is cleared away. A request handles one event, so such a line reports what a post met, not a
-- $disconnect. It does not say that this was a 410: without a GoneException in the request, it is a near miss.
CREATE OR REPLACE TEMP TABLE ends_of_posts AS
WITH ends AS (
    SELECT seq, moment(timestamp, seq) AS moment, request, connection_id, breaks_off_answer, len(kinds) = 0 AS is_clearance
    FROM statements ANTI JOIN taught USING (seq)
    WHERE (kinds = ['disconnect'] OR (len(kinds) = 0 AND clears_stale)) AND request IS NOT NULL
), clients AS (
    SELECT request, min(moment(timestamp, seq)) AS first, any_value(connection_id) AS client,
           bool_and(list_contains(kinds, 'message')) AS is_message
    FROM statements SEMI JOIN ends USING (request)
    WHERE connection_id IS NOT NULL AND list_has_any(kinds, ['connect', 'message'])
    GROUP BY request HAVING count(DISTINCT connection_id) = 1
), errors AS (
    SELECT request, min(moment(timestamp, seq)) FILTER (connection_id = client) AS own
    FROM statements JOIN clients USING (request) WHERE list_contains(kinds, 'gone') GROUP BY request
), posts AS (
    SELECT r.request FROM requested r JOIN clients USING (request) JOIN (FROM meanings WHERE meaning.post IS NOT NULL) USING (key)
    WHERE r.connection_id <> client
)
SELECT seq, errors.request IS NOT NULL AS is_explained
FROM ends JOIN clients USING (request) LEFT JOIN errors ON errors.request = ends.request
WHERE moment > first AND CASE
    WHEN is_clearance THEN is_message AND connection_id IS NOT NULL
    WHEN connection_id <> client THEN true
    WHEN NOT is_message THEN false
    WHEN breaks_off_answer THEN true
    WHEN connection_id IS NULL THEN ends.request IN (FROM posts)
    ELSE (moment > own) IS TRUE END;

CREATE OR REPLACE TABLE bulk.lines AS
SELECT * EXCLUDE (may_be_near_miss, is_open, clears_stale, breaks_off_answer)
         REPLACE (CASE WHEN seq IN (FROM silent_steps) OR seq IN (SELECT seq FROM ends_of_posts) THEN []
                       WHEN seq IN (SELECT seq FROM known_announcements WHERE is_failed) THEN ['welcome_failed']
                       ELSE kinds END AS kinds),
       CASE WHEN is_open AND seq IN (SELECT seq FROM ends_of_posts WHERE NOT is_explained) THEN true
            WHEN len(named_lines.kinds) = 0
            THEN (may_be_near_miss AND seq NOT IN (SELECT seq FROM known_announcements)) OR seq IN (FROM missed_lines)
            ELSE false END AS is_near_miss
FROM named_lines;
-- (A copy of all lines that say something takes much memory.)
DROP VIEW named_lines;
DROP TABLE bulk.statements;
