-- The sentences of the application, each with a few of the lines that say it: the first, the last, and two at random.
-- Reads candidates; makes templates (a row per sentence) and examples (the lines to classify).
CREATE OR REPLACE TEMP TABLE templates AS
SELECT template, count(*) AS lines,
       list_distinct([min(seq), max(seq), arg_min(seq, hash(seq)), arg_max(seq, hash(seq))]) AS examples
FROM candidates
GROUP BY template;

CREATE OR REPLACE TEMP TABLE examples AS
SELECT seq, template, judged_text(message, slot) AS message FROM candidates WHERE seq IN (SELECT unnest(examples) FROM templates);
