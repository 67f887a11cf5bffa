-- The sentences of the application, each with a few of the lines that say it.
-- Reads scanned; makes candidates (a view: a row a line), templates (a row a sentence) and examples (a view: the lines to classify).
-- START lines are among the candidates: they tell the request of the lines after them that name none.
CREATE OR REPLACE TEMP VIEW candidates AS
SELECT rowid AS seq, timestamp, log_group, stream, message, request_id, template, is_own,
       is_own IS TRUE AND in_window(timestamp) AS is_counted
FROM scanned
WHERE matters AND in_reach(timestamp);

-- The first and the last of them, and two by chance.
CREATE OR REPLACE TEMP TABLE templates AS
SELECT template, count(*) AS lines,
       list_distinct([min(seq), max(seq), arg_min(seq, hash(seq)), arg_max(seq, hash(seq))]) AS examples
FROM candidates
GROUP BY template;

CREATE OR REPLACE TEMP VIEW examples AS
FROM candidates WHERE seq IN (SELECT unnest(examples) FROM templates);
