-- Which endings behind a beginning with many are a user's words, and not sentences of the application.
-- Reads broad_frames (26_broad_frames.sql), candidates; variables slot, fewest_forms. Adds to users_words(template, sentence, slot): the
-- template is the sentence with somebody's words in the slot.
-- (Over a partition, count(*) with a FILTER takes quadratic time: half a minute for 300,000 endings.)
CREATE OR REPLACE TEMP TABLE endings AS
SELECT * EXCLUDE beginning, row_number() OVER (PARTITION BY frame ORDER BY template) <= 2000 AS is_sample
FROM parts_of_sentences(getvariable('slot'), 1) SEMI JOIN broad_frames USING (frame)
QUALIFY count(if(is_wording, 1, NULL)) OVER (PARTITION BY frame) >= getvariable('fewest_forms');

-- Endings that differ in a word or two ("ann connected", "bob connected") are one sentence of the application itself.
CREATE OR REPLACE TEMP TABLE alike AS
WITH tokens AS (
    SELECT template, frame, string_split(any_value(words), ' ')[:16] AS tokens FROM endings WHERE is_sample GROUP BY ALL
), holes AS (
    SELECT template, frame, hash(tokens[:place - 1], tokens[place + size:], size) AS form
    FROM (SELECT *, unnest(range(1, len(tokens) + 1)) AS place FROM tokens), (FROM range(1, 3) AS sizes(size))
    WHERE place + size <= len(tokens) + 1 AND len(tokens) > size
)
SELECT template, arg_max(form, (members, form)) AS form
FROM holes JOIN (SELECT frame, form, count(*) AS members FROM holes GROUP BY ALL HAVING members >= 4) USING (frame, form)
GROUP BY template;

INSERT INTO users_words
WITH grouped AS (
    SELECT frame, coalesce(form, template) AS form, sum(lines) AS form_lines, bool_or(is_wording) AS is_wording,
           bool_or(is_sample) AS is_sample, list(template) AS templates
    FROM endings LEFT JOIN alike USING (template)
    GROUP BY ALL
), forms AS (
    -- What is said over and over in the same words is a sentence, too, even if users write in the same place.
    SELECT *, len(templates) > 1 AS is_merged,
           form_lines >= 5 AND form_lines >= 0.1 * sum(form_lines) OVER (PARTITION BY frame) AS is_sentence
    FROM grouped
), frames AS (
    SELECT frame, count(*) FILTER (is_wording) AS forms, count(*) FILTER (is_wording AND form_lines = 1) AS once
    FROM forms WHERE is_sample AND NOT is_sentence
    GROUP BY frame
), rare AS (
    -- Outside the sample, it is not known which endings are like a sentence that names somebody.
    SELECT frame, unnest(templates) AS template FROM forms
    WHERE NOT is_sentence AND (is_sample OR frame NOT IN (SELECT frame FROM forms WHERE is_sentence AND is_merged))
), requests AS (
    -- A user's message is logged once per invocation; the sentences behind a logger's name follow each other.
    SELECT frame, count(request) AS lines, count(DISTINCT request) AS requests
    FROM rare JOIN candidates USING (template)
    GROUP BY frame
    HAVING count(request) >= 0.9 * count(*)
)
SELECT template, frame AS sentence, getvariable('slot') AS slot
FROM rare JOIN frames USING (frame) LEFT JOIN requests r USING (frame)
WHERE once * 2 >= forms AND forms >= CASE WHEN r.lines <= 1.1 * r.requests THEN getvariable('fewest_forms')
                                          ELSE 2 * getvariable('fewest_forms') END;
