-- What is judged of a line with somebody's words: its sentence without them. (Few logs have such, and DuckDB takes milliseconds to
-- prepare this, in each statement that reads texts.)
CREATE OR REPLACE MACRO text_of(message, slot) AS
    CASE WHEN slot IS NULL THEN message ELSE with_words_as('', sentence_of(message), slot) END;
