-- The cases as they may be shown, and the sentences of their lines.
-- Reads logged_cases, case_requests, case_texts, coincident_errors, redacted_texts, redacted_fields; variable most_characters.
CREATE OR REPLACE MACRO shortened(text) AS
    CASE WHEN length(text) <= getvariable('most_characters') THEN text
         ELSE left(text, getvariable('most_characters') // 2) || ' … ' || right(text, getvariable('most_characters') // 2) END;
CREATE OR REPLACE MACRO cut(message) AS shortened(without_line_end(message));

-- The lines of cases and of timelines; a line of several kinds of cases is here once.
CREATE OR REPLACE TEMP TABLE redacted_lines AS
SELECT seq, cut(shown) AS message FROM case_texts JOIN redacted_texts USING (text);
CREATE OR REPLACE TEMP TABLE shown_errors AS
SELECT kind, cut(shown) AS message, events, first FROM coincident_errors JOIN redacted_texts USING (text) ORDER BY kind, place;
DROP TABLE case_texts;
DROP TABLE redacted_texts;

CREATE OR REPLACE MACRO shown_field(field, shown) AS CASE WHEN is_name_by_aws(field) THEN field ELSE shown END;
CREATE OR REPLACE TEMP TABLE redacted_cases AS
SELECT c.kind, c.seq, c.timestamp, left(shown_field(connection_id, i.shown), 128) AS connection_id,
       left(shown_field(request_id, r.shown), 128) AS request_id, g.shown AS log_group,
       shown_field(stream, s.shown) AS log_stream, c.template
FROM logged_cases c
     LEFT JOIN redacted_fields i ON i.text = c.connection_id
     LEFT JOIN case_requests USING (request)
     LEFT JOIN redacted_fields r ON r.text = request_id
     LEFT JOIN redacted_fields g ON g.text = c.log_group
     LEFT JOIN redacted_fields s ON s.text = c.stream;

CREATE OR REPLACE TEMP TABLE case_sentences AS
WITH first_lines AS (
    SELECT kind, template, arg_min(c.rowid, seq) AS number
    FROM redacted_cases c SEMI JOIN redacted_lines USING (seq) GROUP BY kind, template
)
SELECT f.kind, f.template, template_of(with_id_marked(message, connection_id)) AS sentence
FROM first_lines f JOIN redacted_cases c ON c.rowid = number JOIN redacted_lines USING (seq);
