-- What is judged of a line with somebody's words: its sentence without them. (Few logs have such lines, and each statement that reads texts
-- would take DuckDB milliseconds longer to prepare.)
CREATE OR REPLACE MACRO text_of(message, slot) AS
    CASE WHEN slot IS NULL THEN message ELSE with_words_as('', sentence_of(message), slot) END;
