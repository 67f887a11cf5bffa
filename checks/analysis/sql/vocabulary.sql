-- How applications say things: the patterns (RE2: linear time on hostile lines) behind every signal.
-- They are grammar, not quotations: a pattern describes a way of speaking that many applications share.

-- A line without any of this vocabulary is noise and is looked at no further.
CREATE OR REPLACE MACRO has_vocabulary(message) AS regexp_matches(message,
    '(?i)connect|gone|410|welcome|greet|receiv|\$default|websocket|(?:socket|\bws) (?:open|close)|(?-i:\bMESSAGE\b)|^\W*message\b'
    '|(?:handl|process|unknown|ws|client|socket|incoming|inbound|new|got) ?(?:ing|es|ed)? (?:message|action|frame)|={1,2}\]?:? ');

-- ---------------------------------------------------------------------------------------------- wrappers

CREATE OR REPLACE MACRO first_of(text, pattern) AS nullif(regexp_extract(text, pattern, 1), '');
CREATE OR REPLACE MACRO uuid_pattern() AS '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
-- A connection id, as far as looks tell: URL-safe base64 that ends in "=", perhaps percent-encoded.
CREATE OR REPLACE MACRO id_pattern() AS '[A-Za-z0-9_-]{6,}(?:={1,2}|%3[Dd](?:%3[Dd])?)';

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

-- What a JSON record says of an error, and its own words. All else in it may be a user's.
CREATE OR REPLACE MACRO json_error(record) AS array_to_string(json_extract_string(record, [
    '$.errorType', '$.exception_name', '$.message.errorType', '$.error.name', '$.err.type', '$.err.name',
    '$.errorMessage', '$.message.errorMessage', '$.error.message', '$.err.message', '$.error', '$.err', '$.exception',
    '$.context.error', '$.metadata.error', '$.details.error', '$.data.error', '$.fields.error']), ': ');
CREATE OR REPLACE MACRO json_message(record) AS array_to_string(json_extract_string(record, [
    '$.message', '$.msg', '$.event', '$.fields.message', '$."@mt"', '$."@m"']), chr(10));
-- "CONNECTION_EVENT: {...}", "Invoke Error {...}": a JSON object that ends a line of text.
CREATE OR REPLACE MACRO trailing_braces(rest) AS first_of(rest, '(?s)^[^{]+(\{.*\})$');

-- A Python traceback without its frames: the exception's own line stays.
CREATE OR REPLACE MACRO without_frames(said) AS regexp_replace(said,
    '(?:Traceback \(most recent call last\):)?(?:\n[ \t\x{a0}]+(?:at |File |\.\.\. |\^)[^\n]*(?:\n[ \t\x{a0}]{3,}[^\n]*)*)+', '', 'g');

-- The body of a request, and text by whatever name, are the user's, in whatever notation they are dumped.
CREATE OR REPLACE MACRO without_bodies(said) AS regexp_replace(said,
    '(?s)(\b(?:body|rawBody|text|content|data|payload|prompt|question|input|comment)["'']?\s*(?:=>|[:=])\s*)'
    '(?:"(?:[^"\\]|\\.)*"?|''(?:[^''\\]|\\.)*''?(?:\s*\+\s*''(?:[^''\\]|\\.)*''?)*|`[^`]*`?)',
    '\1""', 'g');

-- "Message content: ...", "Generated response in 2 s: ...": what follows such a label is quoted, not said.
-- ("from connection: X" is no such label, and after "Error sending response: " stands the error.)
CREATE OR REPLACE MACRO with_ids_at_once(said) AS
    regexp_replace(said, '(?i)(connection(?:[ _-]?id)?)\s*[:=] +(' || id_pattern() || ')', '\1 \2');
CREATE OR REPLACE MACRO says_sending_failed(said) AS regexp_matches(said,
    '(?i)^(?:[^:{\n]|\d:\d\d)*\b(?:errors?|fail\w*|exception|unable|could ?n[o'']t|can ?n[o'']t|can''t|problem)\b'
    || '(?:[^:{\n]|\d:\d\d)*\b(?:send|post|deliver|push|forward|broadcast|relay|publish|emit|reply|respond)');
CREATE OR REPLACE MACRO without_quotations(said) AS CASE
    WHEN says_sending_failed(said) THEN with_ids_at_once(said)
    ELSE regexp_replace(with_ids_at_once(said),
    '(?is)^((?:\W*(?:chat|user|client) ?>'
    '|\W*(?:(?:new|received|incoming|inbound|got|ws|web ?socket|chat|text) )*(?:message|msg|frame)(?: received)? (?:from|by|on)\b[^:\n]{0,30}[ @[(<]'
    || id_pattern() || '[\])>]? ?:'
    '|[^{]*?\b(?:content|text|prompt|question|answer|reply|response|payload|completion|transcript|said|says|asked'
    '|(?:request|query|input|output|chat) (?:for|from|of) [^:\n]{1,60}|(?:user|chat|text) (?:message|input|query)'
    '|(?:received|incoming|inbound|parsed|raw) (?:message|data|text)(?: body)?(?: from [^:\n]{1,60})?)'
    '(?: in [\d.]+ ?\w+)?(?: ?\([^)\n]*\))?\s*[:=]) ).*', '\1') END;

-- Quotation marks around several words hold somebody's text; around one word they only set it off.
CREATE OR REPLACE MACRO without_quoted_text(prose) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(prose,
        '["''][a-z!?., ]+["'']', '""', 'g'),
        '"([^"\s]+)"', '\1', 'g'),
        '"[^"\n]*\s[^"\n]*"', '""', 'g'),
        '(^|[\s:=(\[,])''[^''\n]*\s[^''\n]*''($|[\s.,;:)\]!?])', '\1''''\2', 'g');

-- ---------------------------------------------------------------------------------------------- connection ids


-- "key=value" with a space before the value, so that no key is taken for an id that ends in "=".
CREATE OR REPLACE MACRO with_spaced_fields(prose) AS regexp_replace(regexp_replace(prose,
    '\b(msg|message|error|err|event|reason)="([^"]*)"', '\1=\2', 'g'),
    '(^|[\s,;(&|])([A-Za-z_]{2,})=(["''\w$<\[({])', '\1\2: \3', 'g');

-- Every way to name the field, in prose: "connectionId: X", "connection ID [X]", "Connection Id -> X", "conn=X".
CREATE OR REPLACE MACRO with_plain_ids(prose) AS regexp_replace(prose,
    '(?i)\bconn(?:ection)?(?:[ _-]?id)?["'']?\s*(?:=>|->|[:=#]|\bis\b)?\s*["''\[(<]*(' || id_pattern() || '|' || uuid_pattern()
    || '|[A-Za-z_-]*[0-9][A-Za-z0-9_-]{5,}\b)["''\])>]*', 'connection \1', 'g');


-- How notations bind a value to a field: "k": "v", 'k': 'v', k=v, :k=>"v", k: Some("v"), <k>v.
CREATE OR REPLACE MACRO bound() AS '["'']?\s*(?:=>|[:=>])\s*(?:Some\()?';

-- The id that a dump names: quoted, or with the look of one.
-- Powertools' correlation id holds it where the handler says so.
CREATE OR REPLACE MACRO id_of_dump(dump) AS coalesce(
    first_of(dump, '(?i)connection[_-]?id' || bound() || '["'']([A-Za-z0-9_%-]{3,}={0,2})["'']'),
    first_of(dump, '(?i)connection[_-]?id' || bound() || '(' || id_pattern() || '|' || uuid_pattern() || '|[A-Za-z_-]*[0-9][A-Za-z0-9_-]{5,})'),
    first_of(dump, '(?i)correlation_?id' || bound() || '["'']([\w-]{11}C[\w-]{3}=)["'']'));
CREATE OR REPLACE MACRO context_of(dump) AS coalesce(first_of(dump, '(?is)request_?context\W+(.*)'), dump);
CREATE OR REPLACE MACRO id_of_prose(prose) AS coalesce(
    first_of(prose, 'connection (' || id_pattern() || '|' || uuid_pattern() || '|[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]{5,})'),
    first_of(prose, '@connections/([A-Za-z0-9_%-]{3,}={0,2})'),
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-])([\w-]{11}C[\w-]{3}=)'),
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-])(' || id_pattern() || ')'),
    first_of(prose, '(?i)(?:\bto|\bfor|\bfrom|\bon|connect|connected|disconnected|gone|client|socket)[:= ]+('
                    || uuid_pattern() || '|[A-Za-z0-9_-]{15,16}\b)'));

-- ---------------------------------------------------------------------------------------------- words

-- Prose in one plain form: identifiers split into words, lower case, ids as @, no stack frames.
CREATE OR REPLACE MACRO plain_words(prose) AS lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(prose,
    '(?i)(\b(?:dis)?connect(?:ed|ion)?\s*[:=-]?\s+)[A-Za-z_-]*[0-9][A-Za-z0-9_-]{5,}\b|' || id_pattern() || '|' || uuid_pattern(),
    '\1@', 'g'),
    '([a-z])([A-Z])', '\1 \2', 'g'),
    '\][:\s]*', ' | ', 'g'),
    '[_\[]+', ' ', 'g'));

-- What a structured event calls itself: eventType, event_type, event ... and the route of API Gateway.
CREATE OR REPLACE MACRO tag_of(dump) AS coalesce(
    first_of(dump, '(?i)\bevent_?type' || bound() || '["'']?((?-i:CONNECT|DISCONNECT|MESSAGE))\b'),
    first_of(dump, '(?i)\bevent(?:_?type|_?name|_?kind)?' || bound() || '["'']([\w$.:/ -]{3,40})["'']'),
    first_of(dump, '(?i)(?:^|\s)event(?:_?type|_?name|_?kind)?=([\w$.:/-]{3,40})(?:\s|$)'));  -- logfmt
CREATE OR REPLACE MACRO route_of(dump) AS coalesce(
    first_of(dump, '(?i)\broute(?:_?key)?' || bound() || '["'']([$\w.-]+)["'']'),
    first_of(dump, '(?i)\broute_?key' || bound() || '(\$\w+)'));
CREATE OR REPLACE MACRO status_of(dump) AS first_of(dump,
    '(?i)\bstatus(?:_?code)?' || bound() || '["'']?(\d{3})\b');
-- Events that look alike but are not a connection's: HTTP requests, authorizers, MQTT.
CREATE OR REPLACE MACRO is_foreign_event(dump) AS regexp_matches(dump,
    '(?i)\bhttp_?method' || bound() || '["'']?(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD)\b|\bmethodArn\b'
    || '|\btype' || bound() || '["'']REQUEST["'']|\bhttp' || bound() || '\{|\bmqtt\b');

-- An access-log row says nothing but fields: ids, address, time, status, event type, route.
CREATE OR REPLACE MACRO access_row_route(row) AS
    CASE WHEN length(row) < 1000 AND regexp_matches(row, id_pattern()) AND NOT regexp_matches(row, '[a-z]{2,}[ ,] *[a-z]{2,}|\{')
         THEN first_of(row, '(?:^|[\s",;|\[])(CONNECT|DISCONNECT|MESSAGE|\$connect|\$disconnect|\$default)(?:$|[\s",;:|\]])') END;
-- Request ids have the same look; in API Gateway's ids the twelfth character tells (C: connection, F: request).
CREATE OR REPLACE MACRO access_row_id(row) AS coalesce(
    first_of(row, '(?:^|[\s",;|''])([\w-]{11}C[\w-]{3}=)(?:$|[\s",;|''])'),
    first_of(row, '^[A-Z]+[ :=]+([\w-]{6,}={1,2})$'));

-- ---------------------------------------------------------------------------------------------- the grammar

CREATE OR REPLACE MACRO is_failure(w) AS regexp_matches(w,
    '\b(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?|unable|could ?n[o'']t|can ?n[o'']t|can''t|not|invalid|missing|reject(?:s|ed|ing)?'
    '|refus(?:ed|ing)|denied|deny|unauthori[sz]ed|forbidden|timed ?out|without|no)\b');
CREATE OR REPLACE MACRO is_elsewhere(w) AS
    (NOT contains(w, '@') AND regexp_matches(w, 'redis|postgres|my ?sql|mongo|\bsql\b|elasticsearch|opensearch')) OR regexp_matches(w,
    '\b(?:databases?|db|postgres\w*|my ?sql|sql|redis|dynamo ?db|mongo\w*|amqp|rabbit ?mq|smtp|imap|ftp|ssh|tcp|tls|ssl|https?|grpc|rpc|upstream'
    '|elasticsearch|opensearch|cache|vpc|network|internet|wifi|bluetooth|usb|vpn|proxy|backend|slack|telegram|discord|sse)(?: \w+)? (?:re|dis)?connect'
    '|connect(?:ed|ion|ing)? (?:to|with|from) (?:\w+ )?(?:databases?|db|postgres\w*|my ?sql|redis|dynamo ?db|mongo\w*|broker|upstream|elasticsearch|opensearch|cache|pool)\b'
    '|\b(?:database|db|protocol) ?[=:]|\b(?:pool|mqtt|kafka|broker|whats ?app|cosmos|prisma|knex|push subscription)\b');
CREATE OR REPLACE MACRO is_outbound(w) AS regexp_matches(w,
    '\b(?:sent|sends?|sending|broadcast\w*|post(?:ed|ing|s)?|push(?:ed|ing)?|deliver\w*|publish\w*|forward\w*|emit\w*|repl(?:y|ied|ying)'
    '|respond\w*|notif\w+|relay\w*|echo(?:ed|ing)?)\b');
-- Code, test output and statements of policy speak of errors that did not happen.
CREATE OR REPLACE MACRO is_hypothetical(prose) AS regexp_matches(prose,
    '\bexcept\b|\bcatch ?\(|\binstanceof\b|===|\bimport \w|logger\.\w+\(|console\.\w+\(|\$\{|%s|(?i:^\W*config\w*\W|^\W*settings\W|\bignor\w+ errors?\b|\b(?:when|if|whenever) [^\n]{0,60}(?:gone|410)\b)');

CREATE OR REPLACE MACRO says_disconnect(w) AS regexp_matches(w,
    '\bdisconnect(?:ion)? (?:event|route triggered|triggered|happen\w*|request\w*|received|occurred|completed?|handled|for|from|client|success\w*|@)'
    '|\b(?:on|processing|handling|handled|client|user|ws|socket) ?disconnect\b'
    '|^\W*(?:ws|web ?socket)?[ /:.-]*\$?disconnect(?:ed|ion)?\W*(?:@|$|\||event|handler|connection)|(?:^|[^.\w])\$disconnect\b(?:[^(]|$)'
    '|\bdisconnected\b|\b(?:connection|web ?socket|ws|socket|session)\b[^a-z]*(?:was |has been |is )?(?:closed?|terminated|ended)\b'
    '|\b(?:client|user|peer|web ?socket|socket) ?(?:@ )?(?:client )?(?:has )?(?:left|hung up|closed (?:the |its )?(?:connection|socket))\b')
    AND NOT regexp_matches(w, '\b(?:mark\w*|set|flag\w*|status|trigger\w*|will be|already|about to)\b[^\n]*disconnect|already closed|\bstale\b|\bleft (?:the )?(?:room|channel|group|chat)');

CREATE OR REPLACE MACRO says_connect(w) AS regexp_matches(w,
    '\bconnect(?:ion)? (?:event|route triggered|request\w*|received|attempt\w*|success\w*|accepted|established|opened|open|occurred|happen\w*|triggered|added|made|initiated|started|from|for)\b|\b(?:web ?socket|ws) connect\b|\b(?:client|user|peer) (?:@ |\{\} )?(?:has )?(?:joined|opened) (?:the |a )?(?:web ?socket|socket)\b'
    '|\bconnection\b[^a-z]*(?:is |was |has been )?(?:now )?(?:accepted|established|opened|open|added)\b'
    '|\b(?:new|opened|incoming|established|accepted|accepting|open) (?:web ?socket |ws |client |socket )?connection\b'
    '|\bnew (?:web ?socket |ws )?(?:client|socket|peer)\b|\b(?:web ?socket|ws|socket) (?:is |was )?(?:now )?open(?:ed)?\b'
    '|(?:^|\b(?:client|user|web ?socket|ws|socket|successfully|peer|device|player|customer|is|has|now|authenticated)\b|@)\W*(?:@ )?\bconnected\b'
    '|\bconnected (?:with|to|from|as)? ?(?:connection|@|the web ?socket|web ?socket)'
    '|^\W*(?:ws|web ?socket)?[ /:.-]*\$?connect(?:ing)?\W*(?:@|$|\||event|handler|connection)|\b(?:on|handling|handle|processing) ?connect\b'
    '|(?:^|[^.\w])\$connect\b(?: ?[^( ]|$| \w)')
    AND NOT regexp_matches(w, '\bconnected (?:clients|users|peers|connections|devices|players|sockets)\b|\b(?:still|already|currently|you are|if) connected\b|\breconnect|\bstale\b|\bgone\b');

CREATE OR REPLACE MACRO says_received(w) AS regexp_matches(w, '\bmessage from (?:client|connection|@)|\bunknown (?:message|action|route|command)');
CREATE OR REPLACE MACRO says_message(w, dump) AS regexp_matches(w,
    '\b(?:message|msg|frame) (?:event|received|from)\b|\b(?:messages?|msg|frame) (?:was |successfully |has been )*received\b'
    '|\b(?:received|receiving|incoming|inbound|got|handling|handle|processing|on|new) (?:an? |new |web ?socket |ws |client |user |chat |text |inbound )*(?:message|msg|frame)\b'
    '|^\W*(?:ws |web ?socket )?(?:message|msg)\s*:\s*(?:@|$|\{)|\b(?:ws|web ?socket|socket) message\b|\bdefault route\b'
    '|\breceived (?:an? )?(?:unknown |new )?(?:route|action|command|request on|data from)\b|\broute\W{0,3}\$default|\$default\b(?:[^(]|$)|^@ ?: |^\W*@\W+says\b')
    OR (regexp_matches(w, '^\W*received \w+ ?:') AND regexp_matches(dump, '(?i)["'']?action["'']?\s*:'));

CREATE OR REPLACE MACRO says_welcome(w) AS regexp_matches(w, '\b(?:welcome|greeting|greet|hello) ?(?:message|msg|payload|event|frame|packet|text)?\b')
    AND regexp_matches(w, '\b(?:welcome|greetings?)\b')
    AND NOT regexp_matches(w, '\bwelcome (?:to (?:the|our|my|this)|back)\b|\be-?mails?\b|\bsms\b|\bwhats ?app\b|\bslack\b|\btelegram\b|\+\d{6}|\bchannel\b|\b(?:sql|smtp|ftp|ssh|imap) greeting|\bwelcome (?:screen|page|tour|modal|banner|series|flow|mail)\b');
CREATE OR REPLACE MACRO says_failed(w) AS regexp_matches(w,
    '\b(?:errors?|fail\w*|exceptions?|unable|could ?n[o'']t|can ?n[o'']t|can''t|problem|undeliver\w*|not (?:be )?(?:sent|delivered|posted)|dropped|giving up)\b');
CREATE OR REPLACE MACRO says_again(w) AS regexp_matches(w,
    '\b(?:re-?try|retrying|re-?send|resending|re-?attempt(?:ing)?|try(?:ing)? again)\b|\battempt \W*(?:[2-9]|\d\d)\b')
    AND NOT regexp_matches(w, '\bafter \d+|\bgiving up\b|\bno more\b|\bexhausted\b|\bwithout retry')
    AND (says_failed(w) OR NOT regexp_matches(w, '\b(?:sent|delivered|posted|pushed|succeeded|successfully)\b[^\n]*\b(?:attempt|re-?try)\b'));
CREATE OR REPLACE MACRO says_done(w) AS regexp_matches(w, '\b(?:sent|delivered|succe(?:eded|ss\w*)|posted|pushed|acknowledged)\b');

CREATE OR REPLACE MACRO has_connection_context(w) AS regexp_matches(w,
    '@|\bconnections?\b|\bweb ?sockets?\b|\bws\b|\bapi ?gateway|\bpost ?to ?connection|\bapigw|\bpost(?:ing)? (?:to|message)|\bsend(?:ing)? (?:to|message)');

-- A 410 by its name or number: an SDK's exception (some print nothing after it), or a status.
CREATE OR REPLACE MACRO names_gone(w, has_context) AS
    regexp_matches(w, '\bweb ?socket ?disconnected ?error\b|\bunknown ?error: 410\b|(?m)\bgone ?exception\W*(?:unknown ?error|410|null|gone)?\W*$')
    OR (has_context AND regexp_matches(w,
        '\bgone ?exception\b|\b410\W{0,2}gone\b|\bhttp ?410|\(410\)|[>=] ?410\b|\bunknown ?error\W+410'
        '|\b(?:status|code|http|returned|answered|response|error)(?: ?code)?\W{0,3}(?:is |was |of )?410\b'));
-- The same in words, often right after the error itself.
CREATE OR REPLACE MACRO words_gone(w) AS regexp_matches(w,
    '\b(?:connection|client|socket|peer|recipient)(?: id)?[^a-z]*(?:(?:is|was|has|are|already|now|appears?) )*'
    '(?:gone|no longer (?:exists?|available|connected|valid|open|active|reachable|there))\b'
    '|\bgone (?:connection|client|socket)\b|\bconnection already closed\b|^\W*gone ?[-:,;]');
CREATE OR REPLACE MACRO carries_gone(dump) AS regexp_matches(dump,
    '\b(?:[Cc]ode|name|[Ee]rror_?(?:[Tt]ype|[Cc]ode)|__type)' || bound() || '["''](?:\w+\.)*GoneException["'']');

-- What a structured event's own name or route says.
CREATE OR REPLACE MACRO kind_of_tag(tag, route, connection_id) AS CASE
    WHEN regexp_full_match(tag, '(?:on|handle|ws|web ?socket|client|user|connection|socket|session|[ .:/$-])*(?:disconnect(?:ed|ion)?|closed?|terminated)(?: (?:event|received|completed?|success\w*))?')
        THEN 'disconnect'
    WHEN regexp_full_match(tag, '(?:on|handle|ws|web ?socket|client|user|connection|socket|session|new|[ .:/$-])*(?:connect(?:ed|ion)?|open(?:ed)?|established|accepted)(?: (?:event|received|completed?|success\w*))?')
        THEN 'connect'
    WHEN regexp_full_match(tag, '(?:on|handle|ws|web ?socket|client|user|connection|inbound|incoming|[ .:/$-])*(?:message|msg)(?:[ .:/-](?:event|received|in))?')
        THEN 'message'
    WHEN regexp_full_match(tag, '(?:ws|web ?socket|client|connection|post|[ .:/$-])*gone(?: exception| error)?') THEN 'gone'
    WHEN tag = 'connection api' THEN NULL
    WHEN route IN ('$connect', '$disconnect') THEN route[2:]
    WHEN route = '$default' OR (route IS NOT NULL AND connection_id IS NOT NULL) THEN 'message' END;

-- ---------------------------------------------------------------------------------------------- helpers of the rest

CREATE OR REPLACE MACRO is_start(message) AS starts_with(message, 'START RequestId: ') OR contains(message, '"platform.start"');
CREATE OR REPLACE MACRO connected_at_of(dump) AS try_cast(first_of(dump, '(?i)connected_?at' || bound() || '(\d{13})\b') AS BIGINT);
-- The words of the signals: a line that uses them and gave no signal may be one in a dialect not known yet.
CREATE OR REPLACE MACRO uses_vocabulary(w) AS regexp_matches(w,
    '\bgone(?: exception)?\b|\b410 gone\b|\b(?:status|code|http)\W{0,3}410\b|\b(?:welcome|greeting)\b'
    '|\$(?:dis)?connect\b|\b(?:dis)?connect(?:ed)?\b|\b(?:connection|web ?socket|socket)\b[^a-z]*(?:\w+ )?(?:opened|established|closed|lost|dropped|terminated)\b');
