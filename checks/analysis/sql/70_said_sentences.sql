-- What is said in the window, a row per sentence and kind. Its texts and those of the worst connections are redacted in one statement,
-- because DuckDB takes 20 ms to prepare the rules each time.
-- Reads candidates, lines, requested, scanned, taught, unsure_templates, users_words, worst_gone_connections; variable most_sentences.
CREATE OR REPLACE TEMP TABLE said_sentences AS
WITH unknown AS (
    SELECT DISTINCT connection_id FROM lines WHERE is_near_miss
), places AS (  -- a line's place among those of its connection hints at the meaning of unknown words
    SELECT seq, row_number() OVER begins = 1 AS is_first, row_number() OVER ends = 1 AS is_last
    FROM lines SEMI JOIN unknown USING (connection_id)
    WINDOW begins AS (PARTITION BY connection_id ORDER BY timestamp, seq),
           ends AS (PARTITION BY connection_id ORDER BY timestamp DESC, seq DESC)
), owners AS (  -- so does whose request it is in
    SELECT request, arg_min(connection_id, moment(timestamp, seq)) AS owner FROM lines
    WHERE connection_id IS NOT NULL
      AND request IN (SELECT request FROM lines SEMI JOIN (FROM lines WHERE is_near_miss) USING (template))
    GROUP BY request
), said AS (
    SELECT template, kinds, is_near_miss, count(*) AS times, min(seq) AS seq,
           {firsts: count(*) FILTER (is_first), lasts: count(*) FILTER (is_last),
            connections: count(DISTINCT connection_id) FILTER (is_near_miss), others: count(*) FILTER (owner <> connection_id)} AS place
    FROM lines LEFT JOIN places USING (seq) LEFT JOIN owners USING (request)
    WHERE is_counted GROUP BY template, kinds, is_near_miss
), mixed AS (
    SELECT template FROM unsure_templates UNION SELECT template FROM candidates SEMI JOIN taught USING (seq)
), silent AS (  -- of any other sentence all lines say something, or none does, so nobody looks which (their numbers take much memory)
    SELECT template, seq FROM candidates ANTI JOIN (SELECT template FROM said UNION FROM mixed) USING (template) WHERE is_counted
    UNION ALL SELECT template, seq FROM candidates SEMI JOIN mixed USING (template) ANTI JOIN lines USING (seq) WHERE is_counted
), quiet AS (
    SELECT template, count(*) AS times, min(seq) AS seq FROM silent GROUP BY template
), noise AS (
    SELECT template, count(*) AS times, min(rowid) AS seq FROM scanned
    WHERE NOT matters AND is_own IS TRUE AND in_window(timestamp) AND getvariable('wants_every_sentence')
    GROUP BY template
), sentences AS (
    SELECT template, times, seq, place, kinds,
           CASE WHEN is_near_miss THEN 'near miss' WHEN len(kinds) = 0 THEN 'nothing' ELSE 'signal' END AS taken_for
    FROM said
    UNION ALL SELECT template, times, seq, NULL, [], 'nothing' FROM quiet
    UNION ALL SELECT template, times, seq, NULL, [], 'other' FROM noise  -- lines without a word about connections
), ranked AS (
    SELECT *, list_position(['near miss', 'signal', 'nothing', 'other'], taken_for) AS rank FROM sentences
    ORDER BY rank, times DESC, seq
    LIMIT 5 * getvariable('most_sentences')
), placed AS (
    SELECT r.* EXCLUDE template, message, slot, coalesce(l.connection_id, q.connection_id) AS connection_id
    FROM ranked r JOIN (SELECT rowid AS seq, message, template AS key FROM scanned) USING (seq)
         LEFT JOIN users_words u ON u.template = key
         LEFT JOIN lines l USING (seq)
         LEFT JOIN requested q USING (seq)
    WHERE NOT regexp_matches(message, '^(?:START|END|REPORT) RequestId: |^INIT_START |^\{.*"type": ?"platform\.')
), plain AS (  -- (each step names an expression once, as in classified())
    SELECT *, beginning_of(CASE WHEN slot IS NULL THEN without_colours(message) ELSE message END) AS line FROM placed
), unwrapped AS (
    SELECT *, sentence_of(line) AS whole FROM plain
)
SELECT *, CASE WHEN slot IS NULL THEN whole ELSE with_words_as('*', whole, slot) END AS sentence,
       is_error_line(message) AS is_error
FROM unwrapped;

CREATE TEMP TABLE IF NOT EXISTS worst_gone_connections  -- if nobody looked for them
    (connection_id VARCHAR, errors BIGINT, first_error BIGINT, sample VARCHAR, welcome_errors BIGINT);
CREATE OR REPLACE TEMP TABLE redactions AS
SELECT text, redacted(text) AS redacted
FROM (SELECT sentence AS text FROM said_sentences
      UNION SELECT unnest([connection_id, sample]) FROM worst_gone_connections)
WHERE text IS NOT NULL;

CREATE OR REPLACE TEMP VIEW shown_gone_connections AS
SELECT w.* REPLACE (i.redacted AS connection_id, s.redacted AS sample)
FROM worst_gone_connections w JOIN redactions s ON s.text = sample LEFT JOIN redactions i ON i.text = w.connection_id
ORDER BY errors DESC, first_error, w.connection_id;
