-- The text of each template, to look for users' words in.
CREATE OR REPLACE TEMP TABLE sentences AS
SELECT t.template, lines, rtrim(masked(sentence_of(message)), E' \n\r\t') AS text
FROM templates t JOIN candidates ON seq = examples[1];
