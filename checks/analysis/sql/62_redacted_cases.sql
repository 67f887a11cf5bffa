-- The cases as they may be shown, and the sentences of their lines.
-- Reads logged_cases, redacted_texts; variable most_characters.
CREATE OR REPLACE MACRO shortened(text) AS
    CASE WHEN length(text) <= getvariable('most_characters') THEN text
         ELSE left(text, getvariable('most_characters') // 2) || ' … ' || right(text, getvariable('most_characters') // 2) END;
CREATE OR REPLACE MACRO cut(message) AS shortened(rtrim(message, E' \n\r\t'));

CREATE OR REPLACE TEMP TABLE redacted_cases AS
SELECT c.kind, c.seq, c.timestamp, cut(m.shown) AS message, left(i.shown, 128) AS connection_id, left(r.shown, 128) AS request_id,
       g.shown AS log_group, s.shown AS log_stream, c.template
FROM logged_cases c
     LEFT JOIN redacted_texts m ON m.text = c.message
     LEFT JOIN redacted_texts i ON i.text = c.connection_id
     LEFT JOIN redacted_texts r ON r.text = c.request_id
     LEFT JOIN redacted_texts g ON g.text = c.log_group
     LEFT JOIN redacted_texts s ON s.text = c.stream;

CREATE OR REPLACE TEMP TABLE case_sentences AS
WITH first_lines AS (
    SELECT kind, template, arg_min(with_id_marked(message, connection_id), seq) AS marked
    FROM redacted_cases WHERE message IS NOT NULL
    GROUP BY kind, template
)
SELECT kind, template, template_of(marked) AS sentence FROM first_lines;
