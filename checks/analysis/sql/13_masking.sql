-- Templates: what is left of a line without what varies from line to line. Lines of one template differ only in their variables.

-- The variables. No rule of the grammar tells two variables of one kind apart, so a three-digit number that begins with 4 or 5 (410) is not
-- a variable, nor is a number below 100 (attempt 2). Headers, the client's identity and the body of a request vary as a whole.
CREATE OR REPLACE MACRO variable_pattern() AS
    '\b(?:(?:multiValueH|h)eaders|identity)\\*["'']?\s*(?:=>|[:=])\s*\{[^{}]*\}'
    '|\bbody\\*["'']?\s*(?:=>|[:=])\s*(?:"(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*'')'
    '|' || uuid_pattern() || '|' || id_pattern() ||
    '|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*|\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d|\d\d:\d\d:\d\d(?:\.\d+)?'
    '|\d{1,3}(?:\.\d{1,3}){3}|\d{1,2}\.\d+|\d{4,}|[0-36-9]\d\d|\x7f';
CREATE OR REPLACE MACRO masked(text) AS regexp_replace(text, variable_pattern(), chr(1), 'g');
CREATE OR REPLACE MACRO variables_of(text) AS regexp_extract_all(text, variable_pattern());
-- A dump in hex or base64 becomes one variable without words. (Otherwise, at each number in it, RE2 would read on to the end of the dump to
-- see whether an id ends there. Few lines are long enough to hold one. A JSON string may hold the character that replaces it.)
CREATE OR REPLACE MACRO without_dumped_bytes(message) AS
    CASE WHEN strlen(message) < 1000 THEN message ELSE regexp_replace(message, '[\w+/=-]{200,}', chr(127), 'g') END;
-- A line without what a log driver or a logger puts around it.
CREATE OR REPLACE MACRO sentence_of(message) AS without_prefix(within_container(message));

-- Lines with the same key have the same template. (The grammar does not take a line of a thousand characters for a row of fields.)
CREATE OR REPLACE MACRO template_key(message) AS CASE
    WHEN is_start(message) THEN hash('START', version_of(message))
    ELSE hash(masked(sentence_of(message)), length(message) < 1000) END;

-- The request id of a line. If it is in Lambda's own prefix or in a START line, it is cut out without a search.
CREATE OR REPLACE MACRO cut_from_prefix(message) AS CASE
    WHEN starts_with(message, 'START ') THEN message[18:53]
    WHEN starts_with(message, '[') THEN message[strpos(message, ']') + 27:strpos(message, ']') + 62]
    ELSE message[26:61] END;
CREATE OR REPLACE MACRO is_request_id(text) AS text LIKE '________-____-____-____-____________';
CREATE OR REPLACE MACRO request_id_elsewhere(message) AS
    CASE WHEN starts_with(message, '(') THEN coalesce(execution_request_id(message), request_id_of(message))
         ELSE request_id_of(within_container(message)) END;
CREATE OR REPLACE MACRO request_id_at_once(message) AS
    CASE WHEN is_request_id(cut_from_prefix(message)) THEN cut_from_prefix(message) ELSE request_id_elsewhere(message) END;
-- A request is known by the hash of its id, since the ids of a million lines would fill the memory. An id in the prefix is not stored a
-- second time.
CREATE OR REPLACE MACRO request_of(request_id) AS CASE WHEN request_id IS NOT NULL THEN hash(request_id) END;
CREATE OR REPLACE MACRO named_request_id(message, stored_request_id) AS coalesce(stored_request_id, cut_from_prefix(message));
