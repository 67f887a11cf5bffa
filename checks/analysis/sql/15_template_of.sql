-- Templates for people to read: a sentence without what differs from case to case. One such template may have several keys of
-- template_key(): these must not confuse one meaning with another, whereas here "attempt 2" and "attempt 3" are the same.

-- The words of a record or a text: an ellipsis replaces the frames of a traceback and what is dumped.
CREATE OR REPLACE MACRO words_of_record(record) AS joined([json_message(record), json_error(record)], ': ');
CREATE OR REPLACE MACRO words_of_error(sentence) AS
    CASE WHEN starts_with(sentence, '{') AND json_valid(sentence) THEN coalesce(words_of_record(sentence), '')
         ELSE trim(sentence, E' \n\r\t') END;
CREATE OR REPLACE MACRO words_of(sentence) AS CASE
    WHEN starts_with(sentence, '{') THEN coalesce(
        CASE WHEN json_valid(sentence) THEN first_of(words_of_record(sentence), '(?s)^(.*[' || letter_class() || '].*)$') END, sentence)
    ELSE regexp_replace(regexp_replace(without_quoted_words(without_bodies(regexp_replace(sentence, frames_pattern(), ' … ', 'g'))),
        '(?s)\{.*', '{…}'), '(""|''''|``)', '"*"', 'g') END;

-- Places: URLs, hosts, paths. (A name that ends like a file or a class is not a host.)
CREATE OR REPLACE MACRO place_pattern() AS '\b[a-z]+://[^\s"'',;)\]]+|\B(?:/[\w.@%+~=:-]+){2,}/?'
    '|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|dev|app|co|ai|cloud|tech|info|biz|gov|edu|local|internal|lan|example|test|invalid'
    '|eu|de|uk|fr|nl|es|it|jp|cn|kr|br|in|us|ca|au|ch|se|no|pl)\b(?::\d+)?';
-- Whatever has a digit is a number or an id, except a status (410 is not 403) and a name such as Http410Error.
CREATE OR REPLACE MACRO with_numbers_hidden(text) AS regexp_replace(regexp_replace(text,
    '(\b[45]\d\d\b|\b[A-Z]?[a-z]+\d{1,3}[A-Z][A-Za-z]+\b)|[\w-]*\d[\w=-]*', '\1*', 'g'),
    '(\b[45]\d\d|\b[A-Z]?[a-z]+\d{1,3}[A-Z][A-Za-z]+)\*', '\1', 'g');
CREATE OR REPLACE MACRO month_pattern() AS
    '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?'
    '|Nov(?:ember)?|Dec(?:ember)?)';
CREATE OR REPLACE MACRO weekday_pattern() AS '(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?';
-- Dates and durations are one variable, however they are written. What is counted is alike, too: "1 connection", "2 connections".
CREATE OR REPLACE MACRO with_amounts_alike(text) AS regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(text,
    weekday_pattern() || '(?:\*[ /-]' || month_pattern() || '\b|\b' || month_pattern() || '[ /-]\*)', '*', 'g'),
    '\* ?(?:ms|milliseconds?|[µu]s|microseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?)\b', '*', 'g'),
    '(\* [a-z]+)ies\b', '\1y', 'g'),
    '(\* [a-z]*[a-rt-z])s\b', '\1', 'g'),
    '(\* [a-z]+) (?:are|was|were)\b', '\1 is', 'g');
-- In "connectionId=X=" the key looks like an id, too, so its equals sign is set aside. An id without a digit looks like a key, but what
-- follows it is no value: "connection X=: gone", "(X=)", {"connectionId":"X="}.
CREATE OR REPLACE MACRO with_keys_aside(text) AS regexp_replace(text,
    '(\b(?:[A-Za-z_.-]*[A-Za-z]\d?|u[0-9a-f]{4}))=([^=\s:,;.!?)\]}>"'']|[:,;.!?)\]}>"''][^\s:,;.!?)\]}>"''])',
    '\1' || chr(3) || '\2', 'g');
-- `chr(2)` marks where the connection id was.
CREATE OR REPLACE MACRO template_of_words(words) AS left(replace(replace(trim(regexp_replace(regexp_replace(
    with_amounts_alike(with_numbers_hidden(
        regexp_replace(replace(masked(with_keys_aside(words)), chr(1), '*'), place_pattern(), '*', 'g'))),
    '\*(?:[\s,:/.|+-]*\*)+', '*', 'g'),
    '\s+', ' ', 'g')), chr(3), '='), chr(2), '{connection_id}'), 300);
CREATE OR REPLACE MACRO template_of(sentence) AS
    list_transform([sentence], lambda said: template_of_words(words_of(said)))[1];
CREATE OR REPLACE MACRO with_id_marked(sentence, connection_id) AS CASE
    WHEN connection_id IS NULL THEN sentence
    ELSE replace(replace(sentence, connection_id, chr(2)), replace(connection_id, '=', '%3D'), chr(2)) END;
