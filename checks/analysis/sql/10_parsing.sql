-- How log records are written: prefixes, JSON, dumps of events, connection ids, and where a user's own text stands.

CREATE OR REPLACE MACRO first_of(text, pattern) AS nullif(regexp_extract(text, pattern, 1), '');

CREATE OR REPLACE MACRO uuid_pattern() AS '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
-- A connection id, as far as looks tell: URL-safe base64 that ends in "=", perhaps percent-encoded.
CREATE OR REPLACE MACRO id_pattern() AS '[A-Za-z0-9_-]{6,}(?:={1,2}|%3[Dd](?:%3[Dd])?)';
-- One without "=", where the words around it say that it is one: it has a digit.
CREATE OR REPLACE MACRO bare_id_pattern() AS '[A-Za-z_-]*[0-9][A-Za-z0-9_-]{5,}';
-- API Gateway's own: the twelfth character tells them from its request ids, which have F there.
CREATE OR REPLACE MACRO gateway_id_pattern() AS '[\w-]{11}C[\w-]{3}=';
-- How notations bind a value to a field: "k": "v", 'k': 'v', k=v, :k=>"v", k: Some("v"), <k>v.
CREATE OR REPLACE MACRO bound() AS '["'']?\s*(?:=>|[:=>])\s*(?:Some\()?';

-- ------------------------------------------------------------------------------------------ records

-- Lambda's text prefix: Python "[LEVEL] time request message", Node "time request LEVEL message", by tabs;
-- and that of log4j, loguru and their like: "time LEVEL logger - message".
CREATE OR REPLACE MACRO without_prefix(message) AS regexp_replace(message,
    '^(?:\[[A-Za-z]+\]\t\S*\t[0-9a-f-]*\t|\S+Z?\t(?:[0-9a-f-]{36}|undefined)\t(?:[A-Za-z]+\t)?'
    '|\d{4}-\d\d-\d\d[ T][\d:.,]+\S*[ |]+(?:[0-9a-f-]{36} +)?\[?[A-Z]+\]?[ |]+[\w.$:]+ +- )', '');

-- The Lambda request id: a tab-separated field of the prefix, a named field, or a UUID right after the time.
CREATE OR REPLACE MACRO request_id_of(message) AS coalesce(
    first_of(message, '^[^\t\n]*\t(?:[^\t\n]*\t)?(' || uuid_pattern() || ')\t'),
    first_of(message, '(?i)request_?id["'']?\s*(?:=>|[:=])\s*["'']?(' || uuid_pattern() || ')'),
    first_of(message, '^\[?\d\S*(?: \S+)? (' || uuid_pattern() || ')\b'));
-- A UUID may also be the id of a connection.
CREATE OR REPLACE MACRO without_request_id(said) AS
    regexp_replace(said, '(?i)request_?id["'']?\s*(?:=>|[:=])\s*["'']?' || uuid_pattern(), '');

-- The first line of an invocation, in text and in JSON.
CREATE OR REPLACE MACRO is_text_start(message) AS starts_with(message, 'START RequestId: ');
CREATE OR REPLACE MACRO is_start(message) AS
    is_text_start(message) OR (starts_with(message, '{') AND contains(message, '"platform.start"'));
-- What Lambda itself says of an execution environment or an invocation: it began cold, or ran out of time.
CREATE OR REPLACE MACRO is_cold_start(message) AS
    starts_with(message, 'INIT_START ') OR (starts_with(message, '{') AND contains(message, '"platform.initStart"'));
CREATE OR REPLACE MACRO is_timeout(message) AS
    regexp_matches(message, '^\d\S* ' || uuid_pattern() || ' Task timed out after ');
-- Any of these. It is asked of every event: to see how a line of text begins is cheap, to search all of it is not.
CREATE OR REPLACE MACRO is_platform_line(message) AS CASE
    WHEN starts_with(message, '{') THEN is_start(message) OR is_cold_start(message)
    ELSE is_text_start(message) OR starts_with(message, 'INIT_START ') OR is_timeout(message) END;
-- The version of the function, as such a first line tells it.
CREATE OR REPLACE MACRO version_of(message) AS
    CASE WHEN is_text_start(message) THEN nullif(rtrim(split_part(message, ' Version: ', 2), E' \n\r\t'), '')
         ELSE first_of(message, '"version":"([^"]*)"') END;

-- Whether a record says of itself that it tells of an error: by its level, or by what it is.
CREATE OR REPLACE MACRO error_line_pattern() AS
    '^\[(ERROR|CRITICAL|FATAL)\]|^[^\s]+\t[^\s]+\t(ERROR|CRITICAL|FATAL)\t|^[0-9T:.,Z| -]+[^\s]*[ |]+\[?(ERROR|CRITICAL|FATAL)'
    '|"(level|severity|levelname|log_level)": ?("(error|ERROR|Error|critical|CRITICAL|fatal|FATAL)"|[56]0[,}])'
    '|"errorType":|level=(error|ERROR|fatal|FATAL|critical|CRITICAL)|Task timed out after |^Traceback \(most recent';
CREATE OR REPLACE MACRO is_error_line(message) AS regexp_matches(message, error_line_pattern());

-- Messages of one shape differ in ids and numbers only.
CREATE OR REPLACE MACRO shape_of(message) AS
    regexp_replace(message, gateway_id_pattern() || '|[A-Za-z0-9_-]*[0-9][A-Za-z0-9_=-]*', '#', 'g');

-- What a JSON record says of an error, and its own words. All else in it may be a user's.
CREATE OR REPLACE MACRO json_error(record) AS array_to_string(json_extract_string(record, [
    '$.errorType', '$.exception_name', '$.message.errorType', '$.error.name', '$.err.type', '$.err.name',
    '$.errorMessage', '$.message.errorMessage', '$.error.message', '$.err.message', '$.error', '$.err', '$.exception',
    '$.context.error', '$.metadata.error', '$.details.error', '$.data.error', '$.fields.error']), ': ');
CREATE OR REPLACE MACRO json_message(record) AS array_to_string(json_extract_string(record, [
    '$.message', '$.msg', '$.event', '$.fields.message', '$."@mt"', '$."@m"']), chr(10));
-- The rest of it: what its own words bind ("connectionId: X" may be what a user typed) is judged as words, not as its fields.
CREATE OR REPLACE MACRO without_message(record) AS regexp_replace(record,
    '("(?:message|msg|event|@mt?)"\s*:\s*)"(?:[^"\\]|\\.)*(?:: |=)(?:[^"\\]|\\.)*"', '\1""', 'g');
-- "CONNECTION_EVENT: {...}", "Invoke Error {...}": a JSON object that ends a line of text.
CREATE OR REPLACE MACRO trailing_braces(rest) AS first_of(rest, '(?s)^[^{]+(\{.*\})$');

-- "CONNECTION_EVENT: {...}" as checks/events writes it: id and kind come first, and what follows is for people only. It may
-- hold anything, even what a user typed, and says nothing.
CREATE OR REPLACE MACRO structured_kind(said) AS first_of(said,
    '^CONNECTION_EVENT: \{"connection_id": "[^"\\]+", "event_type": '
    '"(connect|disconnect|message|gone|welcome_sent|welcome_failed|welcome_retry)"[,}]');
CREATE OR REPLACE MACRO structured_id(said) AS first_of(said, '^CONNECTION_EVENT: \{"connection_id": "([^"\\]+)"');

-- A traceback without its frames: the exception's own line stays.
CREATE OR REPLACE MACRO without_frames(said) AS regexp_replace(said,
    '(?:Traceback \(most recent call last\):)?'
    '(?:\n[ \t\x{a0}]+(?:at |File |\.\.\. |\^)[^\n]*(?:\n[ \t\x{a0}]{3,}[^\n]*)*)+', '', 'g');

-- ------------------------------------------------------------------------------------------ other people's words

-- A text in quotation marks, closed or cut off: "x", 'x', `x`, Node's 'x' + 'y', Python's b'x', and \"x\" in text that is itself
-- quoted, once or twice over (there a longer run of backslashes belongs to the text).
CREATE OR REPLACE MACRO quoted_once() AS '(?s:b?(?:"(?:[^"\\]|\\.)*"?|''(?:[^''\\]|\\.)*''?|`[^`]*`?'
    '|\\{3,}"(?:[^"\\]|\\{1,6}[^"\\]|\\{7,}"?)*(?:\\+")?|\\{1,2}"(?:[^"\\]|\\{1,2}[^"\\]|\\{3,}"?)*(?:\\+")?'
    '|\\+''(?:[^''\\]|\\{1,2}[^''\\])*(?:\\+'')?))';
CREATE OR REPLACE MACRO quoted() AS quoted_once() || '(?:\s*\+\s*' || quoted_once() || ')*';

-- The body of a request, and text by whatever name, are the user's, in whatever notation they are dumped.
CREATE OR REPLACE MACRO body_pattern() AS
    '(\b(?:\w*[bB]ody|text|content|data|payload|prompt|question|input|comment)\\*["'']?\s*(?:=>|[:=])\s*)' || quoted();
CREATE OR REPLACE MACRO without_bodies(said) AS regexp_replace(said, body_pattern(), '\1""', 'g');

-- "Message content: ...", "Generated response in 2 s: ...": what follows such a label is quoted, not said.
-- ("from connection: X" is no such label, and after "Error sending response: " stands the error.)
CREATE OR REPLACE MACRO with_ids_at_once(said) AS
    regexp_replace(said, '(?i)(connection(?:[ _-]?id)?)\s*[:=] +(' || id_pattern() || ')', '\1 \2');
CREATE OR REPLACE MACRO says_sending_failed(said) AS regexp_matches(said,
    '(?i)^(?:[^:{\n]|\d:\d\d)*\b(?:errors?|fail\w*|exception|unable|could ?n[o'']t|can ?n[o'']t|can''t|problem)\b'
    '(?:[^:{\n]|\d:\d\d)*\b(?:send|post|deliver|push|forward|broadcast|relay|publish|emit|reply|respond)');
CREATE OR REPLACE MACRO quotation_label() AS
    '(?is)^((?:\W*(?:chat|user|client) ?>'
    '|\W*(?:(?:new|received|incoming|inbound|got|ws|web ?socket|chat|text) )*(?:message|msg|frame)(?: received)? '
    '(?:from|by|on)\b[^:\n]{0,30}[ @[(<]' || id_pattern() || '[\])>]? ?:'
    '|[^{]*?\b(?:content|text|prompt|question|answer|reply|response|payload|completion|transcript|said|says|asked'
    '|(?:request|query|input|output|chat) (?:for|from|of) [^:\n]{1,60}|(?:user|chat|text) (?:message|input|query)'
    '|(?:received|incoming|inbound|parsed|raw) (?:message|data|text)(?: body)?(?: from [^:\n]{1,60})?)'
    '(?: in [\d.]+ ?\w+)?(?: ?\([^)\n]*\))?\s*[:=]) )';
CREATE OR REPLACE MACRO without_quotations(said) AS CASE
    WHEN says_sending_failed(said) THEN with_ids_at_once(said)
    ELSE regexp_replace(with_ids_at_once(said), quotation_label() || '.*', '\1') END;

-- Quotation marks around several words hold somebody's text; around one word they only set it off.
CREATE OR REPLACE MACRO without_quoted_words(prose) AS
    regexp_replace(regexp_replace(prose,
        '"[^"\n]*\s[^"\n]*"', '""', 'g'),
        '(^|[\s:=(\[,])''[^''\n]*\s[^''\n]*''($|[\s.,;:)\]!?])', '\1''''\2', 'g');
CREATE OR REPLACE MACRO without_quoted_text(prose) AS
    without_quoted_words(regexp_replace(regexp_replace(prose,
        '["''][a-z!?., ]+["'']', '""', 'g'),
        '"([^"\s]+)"', '\1', 'g'));

-- ------------------------------------------------------------------------------------------ prose

-- "key=value" as "key: value", so that no key is taken for an id that ends in "=".
CREATE OR REPLACE MACRO with_spaced_fields(prose) AS regexp_replace(regexp_replace(prose,
    '\b(msg|message|error|err|event|reason)="([^"]*)"', '\1=\2', 'g'),
    '(^|[\s,;(&|])([A-Za-z_]{2,})=(["''\w$<\[({])', '\1\2: \3', 'g');

-- The dumps of objects in it set aside.
CREATE OR REPLACE MACRO without_dumps(said) AS regexp_replace(said, '(?s)\{.*\}|\{.*', ' {} ');

-- Every way to name the field, in prose: "connectionId: X", "connection ID [X]", "Connection Id -> X", "conn=X".
CREATE OR REPLACE MACRO with_plain_ids(prose) AS regexp_replace(prose,
    '(?i)\bconn(?:ection)?(?:[ _-]?id(?:["''\s:=#\[(<]|->))?["'']?\s*(?:=>|->|[:=#]|\bis\b)?\s*["''\[(<]*('
    || id_pattern() || '|' || uuid_pattern() || '|' || bare_id_pattern() || '\b)["''\])>]*', 'connection \1', 'g');

CREATE OR REPLACE MACRO id_of_prose(prose) AS coalesce(
    first_of(prose, 'connection (' || id_pattern() || '|' || uuid_pattern() || '|' || bare_id_pattern() || ')'),
    first_of(prose, '@connections/([A-Za-z0-9_%-]{3,}={0,2})'),
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-])(' || gateway_id_pattern() || ')'),
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-])(' || id_pattern() || ')'),
    first_of(prose, '(?i)(?:\bto|\bfor|\bfrom|\bon|connect|connected|disconnected|gone|client|socket)[:= ]+('
                    || uuid_pattern() || '|[A-Za-z0-9_-]{15,16}\b)'));

-- Prose in one plain form: lower case, identifiers split into words, ids as @, the end of [tags] as |.
CREATE OR REPLACE MACRO plain_words(prose) AS lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(prose,
    '(?i)(\b(?:dis)?connect(?:ed|ion)?\s*[:=-]?\s+)' || bare_id_pattern()
    || '\b|' || id_pattern() || '|' || uuid_pattern(), '\1@', 'g'),
    '([a-z])([A-Z])', '\1 \2', 'g'),
    '\][:\s]*', ' | ', 'g'),
    '[_\[]+', ' ', 'g'));

-- ------------------------------------------------------------------------------------------ dumps of events

-- From the request context on, if there is one: what stands before it is headers and query, in the client's hands.
CREATE OR REPLACE MACRO context_of(dump) AS coalesce(first_of(dump, '(?is)request_?context\W+(.*)'), dump);

-- The connection id: quoted, or with the look of one; Powertools' correlation id where it holds one.
CREATE OR REPLACE MACRO id_of_dump(dump) AS coalesce(
    first_of(dump, '(?i)connection[_-]?id' || bound() || '["'']([A-Za-z0-9_%-]{3,}={0,2})["'']'),
    first_of(dump, '(?i)connection[_-]?id' || bound()
                   || '(' || id_pattern() || '|' || uuid_pattern() || '|' || bare_id_pattern() || ')'),
    first_of(dump, '(?i)correlation_?id' || bound() || '["''](' || gateway_id_pattern() || ')["'']'));

-- What an event calls itself: eventType, event_type, event ...
CREATE OR REPLACE MACRO tag_of(dump) AS coalesce(
    first_of(dump, '(?i)\bevent_?type' || bound() || '["'']?((?-i:CONNECT|DISCONNECT|MESSAGE))\b'),
    first_of(dump, '(?i)\bevent(?:_?type|_?name|_?kind)?' || bound() || '["'']([\w$.:/ -]{3,40})["'']'),
    first_of(dump, '(?i)(?:^|\s)event(?:_?type|_?name|_?kind)?=([\w$.:/-]{3,40})(?:\s|$)'));  -- logfmt
CREATE OR REPLACE MACRO route_of(dump) AS coalesce(
    first_of(dump, '(?i)\broute(?:_?key)?' || bound() || '["'']([$\w.-]+)["'']'),
    first_of(dump, '(?i)\broute_?key' || bound() || '(\$\w+)'));
CREATE OR REPLACE MACRO status_of(dump) AS
    first_of(dump, '(?i)\bstatus(?:_?code)?' || bound() || '["'']?(\d{3})\b');
CREATE OR REPLACE MACRO connected_at_of(dump) AS
    try_cast(first_of(dump, '(?i)connected_?at' || bound() || '(\d{13})\b') AS BIGINT);
CREATE OR REPLACE MACRO carries_gone(dump) AS regexp_matches(dump,
    '\b(?:[Cc]ode|name|[Ee]rror_?(?:[Tt]ype|[Cc]ode)|__type)' || bound() || '["''](?:\w+\.)*GoneException["'']');

-- Events that look alike but are not a connection's: HTTP requests, authorizers, MQTT.
CREATE OR REPLACE MACRO is_foreign_event(dump) AS regexp_matches(dump,
    '(?i)\bhttp_?method' || bound() || '["'']?(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD)\b|\bmethodArn\b'
    || '|\btype' || bound() || '["'']REQUEST["'']|\bhttp' || bound() || '\{|\bmqtt\b');

-- ------------------------------------------------------------------------------------------ access logs

-- A row says nothing but fields, no two words in a row: ids, address, time, status, event type, route.
CREATE OR REPLACE MACRO access_row_route(row) AS
    CASE WHEN length(row) < 1000 AND regexp_matches(row, id_pattern())
              AND NOT regexp_matches(row, '[a-z]{2,}[ ,] *[a-z]{2,}|\{')
         THEN first_of(row,
              '(?:^|[\s",;|\[])(CONNECT|DISCONNECT|MESSAGE|\$connect|\$disconnect|\$default)(?:$|[\s",;:|\]])')
    END;
-- The same as JSON: API Gateway's own variables, and not an event within which they stand.
CREATE OR REPLACE MACRO is_access_record(record) AS
    coalesce(contains(record, '"requestTime"') AND contains(record, '"status"')
             AND NOT contains(record, '"requestContext"'), false);
CREATE OR REPLACE MACRO access_row_status(row, route) AS
    CASE WHEN route IS NOT NULL THEN first_of(row, '\s([45]\d\d)\b') END;
CREATE OR REPLACE MACRO access_row_id(row) AS coalesce(
    first_of(row, '(?:^|[\s",;|''])(' || gateway_id_pattern() || ')(?:$|[\s",;|''])'),
    first_of(row, '^[A-Z]+[ :=]+([\w-]{6,}={1,2})$'));
