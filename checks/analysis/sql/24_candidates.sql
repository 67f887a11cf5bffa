-- The lines of the window and its look-back that may say something. They include START lines, which tell the request of later lines that
-- name none.
-- Reads scanned; makes candidates: a view with a row per line. What is judged of a line is its text_of().

-- Templates with somebody's words in a slot, each with the sentence that is left without them.
CREATE OR REPLACE TEMP TABLE users_words (template UBIGINT, sentence UBIGINT, slot INTEGER);

CREATE OR REPLACE MACRO text_of(message, slot) AS message;  -- until such templates are found (28_texts.sql)
-- (Each step of the grammar makes a copy of a text, and twenty texts of a megabyte would take half a gigabyte.)
CREATE OR REPLACE MACRO judged_text(message, slot) AS left(text_of(message, slot), 262_144);

CREATE OR REPLACE TEMP VIEW candidates AS
SELECT s.rowid AS seq, timestamp, log_group, stream, message, request, coalesce(u.sentence, s.template) AS template,
       slot, is_own, time_to_count(timestamp, lag_ms) AS counts_at, is_own IS TRUE AND in_window(counts_at) AS is_counted
FROM scanned s LEFT JOIN users_words u USING (template)
WHERE matters AND in_reach(time_to_count(timestamp, lag_ms));
