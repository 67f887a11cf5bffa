-- Lines of other languages in English, as far as their words are known. This runs only if there are such lines, because DuckDB needs a
-- fifth of the time for it that it needs to prepare the grammar.
-- Reads the variables foreign_words and translations (16_patterns.sql); redefines in_english().
CREATE OR REPLACE MACRO translated(said, meaning) AS
    regexp_replace(said, getvariable('translations')[meaning], ' ' || meaning || ' ', 'g');
CREATE OR REPLACE MACRO in_english(said) AS CASE WHEN NOT is_foreign_language(said) THEN said ELSE
    regexp_replace(regexp_replace(regexp_replace(
    translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(
    translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(
    translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(translated(
    translated(translated(
    said, 'status 410'), 'stale connection'), 'no'), 'from the queue'), 'welcome message'), 'connection already closed'),
    'no longer exists'), 'without'), 'failed to send'), 'message received from'),
    'message received'), 'message from'), 'connection closed'), 'connection lost'), 'disconnected'),
    'database connection'), 'new connection'), 'connected'), 'message'), 'received'),
    'rejected'), 'retrying'), 'error'), 'content: '), 'new'), 'connection'),
    'was'), 'established'), 'closed'), 'users'), 'client'), 'user'), 'database'),
    'sent'), 'sending'), 'saved'), 'deleted'), ': '),
    '[ \t]+', ' ', 'g'), ' :', ':', 'g'),
    '(\b(?:message|received)\b[^\n]*?) (?:del?|dari|d[aiu]|vo[nm]|van|od|от) (' || id_pattern() || ')', '\1 from \2') END;
