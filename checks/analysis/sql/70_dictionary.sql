-- The dictionary of an application: its sentences, how often each is said in the window, and what it is taken for.
-- Reads candidates, lines, requested, scanned, users_words; variable most_sentences.
CREATE OR REPLACE TEMP TABLE dictionary AS
WITH unknown AS (
    SELECT DISTINCT connection_id FROM lines WHERE is_near_miss
), places AS (  -- of the lines of a connection: where one stands tells what a sentence in words that nobody knows may be
    SELECT seq, row_number() OVER begins = 1 AS is_first, row_number() OVER ends = 1 AS is_last
    FROM lines SEMI JOIN unknown USING (connection_id)
    WINDOW begins AS (PARTITION BY connection_id ORDER BY timestamp, seq), ends AS (PARTITION BY connection_id ORDER BY timestamp DESC, seq DESC)
), said AS (
    SELECT template, kinds, is_near_miss, count(*) AS times, min(seq) AS seq,
           {firsts: count(*) FILTER (is_first), lasts: count(*) FILTER (is_last), connections: count(DISTINCT connection_id) FILTER (is_near_miss)} AS place
    FROM lines LEFT JOIN places USING (seq) WHERE is_counted GROUP BY template, kinds, is_near_miss
), quiet AS (
    SELECT template, count(*) AS times, min(seq) AS seq FROM candidates ANTI JOIN lines USING (seq) WHERE is_counted GROUP BY template
), noise AS (
    SELECT template, count(*) AS times, min(rowid) AS seq FROM scanned
    WHERE NOT matters AND is_own IS TRUE AND in_window(timestamp) AND getvariable('wants_every_sentence')
    GROUP BY template
), sentences AS (
    SELECT template, times, seq, place, kinds, CASE WHEN is_near_miss THEN 'near miss' WHEN len(kinds) = 0 THEN 'nothing' ELSE 'signal' END AS taken_for
    FROM said
    UNION ALL SELECT template, times, seq, NULL, [], 'nothing' FROM quiet
    UNION ALL SELECT template, times, seq, NULL, [], 'other' FROM noise  -- without a word of connections
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
), plain AS (  -- (each step names what it makes once, as in classified())
    SELECT *, CASE WHEN slot IS NULL THEN without_colours(message) ELSE message END AS line FROM placed
), unwrapped AS (
    SELECT *, sentence_of(line) AS whole FROM plain
), written AS MATERIALIZED (
    SELECT *, CASE WHEN slot IS NULL THEN whole ELSE with_words_as('*', whole, slot) END AS sentence,
           is_error_line(message) AS is_error
    FROM unwrapped
), shown AS MATERIALIZED (
    SELECT *, harmless(redacted(sentence)) AS text FROM written
), named AS MATERIALIZED (
    SELECT *, template_of(with_id_marked(text, connection_id)) AS name,
           CASE WHEN taken_for <> 'nothing' THEN taken_for WHEN slot IS NOT NULL THEN 'users'' words'
                WHEN is_ignored(sentence) THEN 'ignored' ELSE 'nothing' END AS meaning
    FROM shown
), printed AS (
    SELECT name AS template, sum(times)::BIGINT AS times, kinds, meaning AS taken_for, bool_or(is_error) AS is_error,
           arg_max(trim(text, E' \n\r\t'), (times, -seq)) AS example, min(if(len(kinds) = 0 AND is_error, 1, rank)) AS rank,
           {firsts: sum(place.firsts), lasts: sum(place.lasts), connections: max(place.connections)} AS place
    FROM named
    GROUP BY name, kinds, meaning
)
-- What a sentence in words that nobody knows may be: the first line of its connections, the last, or one that comes again and again.
SELECT * EXCLUDE (rank, place),
       CASE WHEN taken_for <> 'near miss' OR NOT contains(template, '{connection_id}') THEN ''
            WHEN sum(place.firsts) OVER alike >= 0.8 * sum(times) OVER alike THEN 'connect'
            WHEN sum(place.lasts) OVER alike >= 0.8 * sum(times) OVER alike THEN 'disconnect'
            WHEN sum(times) OVER alike > 1.2 * max(place.connections) OVER alike THEN 'message' ELSE '' END AS guess
FROM printed
WINDOW alike AS (PARTITION BY taken_for, split_part(template, '{connection_id}', 1))
ORDER BY rank, times DESC, template  -- an error that nobody understands matters
LIMIT getvariable('most_sentences');
