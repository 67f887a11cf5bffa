-- The meanings of lines whose template means one thing here and another there: they are classified one by one.
-- Reads candidates, unsure_templates, classified(); adds to meanings, under the numbers of the lines.
CREATE OR REPLACE TEMP VIEW unsure AS
SELECT seq, template, judged_text(message, slot) AS message FROM candidates SEMI JOIN unsure_templates USING (template);

INSERT INTO meanings
SELECT seq, meaning, NULL, NULL, NULL, connection_id, connected_at, close_code, true FROM classified('unsure');
