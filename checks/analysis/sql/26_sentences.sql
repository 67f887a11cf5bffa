-- The text of each template, to be searched for users' words.
CREATE OR REPLACE TEMP TABLE sentences AS
WITH firsts AS (  -- grouping spreads the rows over all cores, however few they are
    SELECT template, any_value(lines) AS lines, any_value(message) AS message
    FROM templates t JOIN examples USING (template) WHERE seq = t.examples[1] AND t.template % getvariable('step') = 0
    GROUP BY template
)
SELECT template, lines, without_line_end(masked(sentence_of(message))) AS text FROM firsts;
