-- A user's words are a variable: many different endings behind one beginning are not sentences of the application.
-- This file finds the beginnings with many endings; 27_users_words.sql looks at the endings.
-- Reads sentences; variables slot (the place to look at), fewest_forms, step (one in so many sentences is looked at).
-- (P. He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017, merges sentences with a common beginning.)
-- Of many thousands of sentences, one in eight (templates are hashes, in no order) shows whether any beginning has many endings.
CREATE OR REPLACE MACRO parts_of_sentences(slot, step) AS TABLE
WITH parts AS (
    SELECT template, lines, regexp_extract(text, slot_pattern(slot), ['start', 'words', 'rest']) AS part
    -- (each is there once; grouping spreads the rows over all cores)
    FROM (SELECT DISTINCT * FROM sentences ANTI JOIN users_words USING (template) WHERE template % step = 0)
)
SELECT template, lines, part.words AS words, hash(translate(part.start || chr(1) || part.rest, '"`', ''''''), slot) AS frame,
       part.start AS beginning, regexp_matches(part.words, '^[^{]\S*\s') AS is_wording  -- a dump or a single word proves nothing
FROM parts
WHERE words <> '' AND NOT names_error(part.start);

CREATE OR REPLACE TEMP TABLE broad_frames AS
SELECT frame FROM parts_of_sentences(getvariable('slot'), getvariable('step'))
GROUP BY frame
HAVING count(*) FILTER (is_wording) >= if(getvariable('step') = 1, getvariable('fewest_forms'), 2)
   AND NOT is_of_logger(any_value(beginning));
