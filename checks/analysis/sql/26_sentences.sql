-- The text of each template, to look for users' words in.
CREATE OR REPLACE TEMP TABLE sentences AS
SELECT template, lines, rtrim(masked(sentence_of(message)), E' \n\r\t') AS text
FROM templates t JOIN examples USING (template) WHERE seq = t.examples[1] AND t.template % getvariable('step') = 0;
