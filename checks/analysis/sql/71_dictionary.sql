-- The dictionary of an application: its sentences, how often each is said in the window, and what it is taken for.
-- Reads said_sentences, redactions; variable most_sentences.
CREATE OR REPLACE TEMP TABLE dictionary AS
WITH shown AS (
    SELECT s.*, harmless(redacted) AS text FROM said_sentences s JOIN redactions r ON r.text = sentence
), named AS MATERIALIZED (
    SELECT *, template_of(with_id_marked(text, connection_id)) AS name,
           CASE WHEN taken_for <> 'nothing' THEN taken_for WHEN slot IS NOT NULL THEN 'users'' words'
                WHEN is_ignored(sentence) THEN 'ignored' ELSE 'nothing' END AS meaning
    FROM shown
), printed AS (
    SELECT name AS template, sum(times)::BIGINT AS times, kinds, meaning AS taken_for, bool_or(is_error) AS is_error,
           arg_max(trim(text, E' \n\r\t'), (times, -seq)) AS example, min(if(len(kinds) = 0 AND is_error, 1, rank)) AS rank,
           {firsts: sum(place.firsts), lasts: sum(place.lasts), connections: max(place.connections), others: sum(place.others)} AS place
    FROM named
    GROUP BY name, kinds, meaning
), guessed AS (
    -- A guess at unknown words: a connect if it is the first line of its connections, a disconnect if the last, a message if it recurs,
    -- unless it is both the first line and the last ("connectionId: X", from every function).
    SELECT *, sum(times) OVER alike AS times_alike,
           sum(times) OVER same AS times_in_all, sum(place.others) OVER same AS others,
           CASE WHEN taken_for <> 'near miss' OR NOT contains(template, '{connection_id}') THEN ''
                WHEN sum(place.firsts) OVER alike >= 0.8 * sum(times) OVER alike THEN 'connect'
                WHEN sum(place.lasts) OVER alike >= 0.8 * sum(times) OVER alike THEN 'disconnect'
                WHEN sum(times) OVER alike > 1.2 * max(place.connections) OVER alike
                     AND least(sum(place.firsts) OVER alike, sum(place.lasts) OVER alike) < 0.8 * max(place.connections) OVER alike
                THEN 'message' ELSE '' END AS guess
    FROM printed
    WINDOW alike AS (PARTITION BY taken_for, split_part(template, '{connection_id}', 1)),
           same AS (PARTITION BY template)
)
-- A sentence that mostly stands beside others that are understood says nothing of its own. The last line of a connection may also be about
-- a post to it, after it was lost: if it stands in the request of somebody else, or is rarer than another last line.
SELECT * EXCLUDE (rank, place, times_alike, times_in_all, others)
         REPLACE (CASE WHEN guess = '' OR 2 * times < times_in_all THEN ''
                       WHEN regexp_matches(template, '(?i)\bgone\b')
                         OR (guess = 'disconnect' AND (others > 0 OR times_alike < max(times_alike) FILTER (
                                 guess = 'disconnect' OR list_contains(kinds, 'disconnect')) OVER ()))
                       THEN 'gone' ELSE guess END AS guess)
FROM guessed
ORDER BY rank, times DESC, template, kinds  -- an error that is not understood matters
LIMIT getvariable('most_sentences');
