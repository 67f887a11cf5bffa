-- Macros that parse log records: prefixes, JSON, dumps of events, connection ids, and text that users wrote.

-- AND and OR that evaluate the second operand only if the first does not decide. (Outside of a WHERE, DuckDB evaluates both.)
CREATE OR REPLACE MACRO and_then(first, second) AS CASE WHEN first THEN second ELSE false END;
CREATE OR REPLACE MACRO or_else(first, second) AS CASE WHEN first THEN true ELSE second END;
-- The first group of the first match; NULL if nothing matches or the group is empty. (nullif() would name the search twice, and DuckDB
-- would then run it on every row, even if a coalesce() has already found another value.)
CREATE OR REPLACE MACRO first_of(text, pattern) AS list_transform([regexp_extract(text, pattern, 1)], lambda part: nullif(part, ''))[1];
-- The texts that are not empty, joined; NULL if there are none. (array_to_string() would name them twice, too.)
CREATE OR REPLACE MACRO joined(texts, separator) AS list_aggregate(list_filter(texts, lambda text: text <> ''), 'string_agg', separator);

CREATE OR REPLACE MACRO uuid_pattern() AS '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
-- A connection id by its look: URL-safe base64 that ends in "=", perhaps percent-encoded (twice, by a client and its SDK), or as Gson and
-- .NET escape it in JSON.
CREATE OR REPLACE MACRO id_pattern() AS '[A-Za-z0-9_-]{6,}(?:={1,2}|(?:%(?:25)?3[Dd]|\\u003[Dd]){1,2})';
CREATE OR REPLACE MACRO with_plain_equals(text) AS list_transform([text], lambda written:
    CASE WHEN contains(written, '\u003') OR contains(written, '%253')
         THEN regexp_replace(regexp_replace(written, '\\u003[Dd]', '=', 'g'), '%253[Dd]', '%3D', 'g') ELSE written END)[1];
CREATE OR REPLACE MACRO plain_id(id) AS url_decode(with_plain_equals(id));
-- An id without "=", for places where the surrounding words say that it is one: it has a digit.
CREATE OR REPLACE MACRO bare_id_pattern() AS '[A-Za-z_-]*[0-9][A-Za-z0-9_-]{5,}';
CREATE OR REPLACE MACRO any_id_pattern() AS id_pattern() || '|' || uuid_pattern() || '|' || bare_id_pattern();
-- API Gateway's own connection ids: their twelfth character is C. In its request ids it is F, and those are never a connection's.
CREATE OR REPLACE MACRO gateway_id_pattern() AS '[\w-]{11}C(?:[\w-]{3}=|[\w-]{6}==)';
CREATE OR REPLACE MACRO gateway_request_id_pattern() AS '[\w-]{11}F(?:[\w-]{3}=|[\w-]{6}==)';
CREATE OR REPLACE MACRO is_gateway_id(id) AS coalesce(regexp_full_match(id, gateway_id_pattern()), false);
-- How notations bind a value to a field: "k": "v", 'k': 'v', k=v, :k=>"v", k: Some("v"), <k>v, ["k"]=> string(1) "v".
CREATE OR REPLACE MACRO bound() AS '["''\]]{0,2}\s*(?:=>|[:=>])\s*(?:Some\(|string\(\d+\) )?';

-- ------------------------------------------------------------------------------------------ records

-- What surrounds a line but is not part of it: terminal colours, raw or escaped in JSON; the line ends that Lambda writes in a traceback;
-- and the record that a container's log driver wraps around a line.
CREATE OR REPLACE MACRO without_colours(text) AS
    CASE WHEN contains(text, chr(27)) OR contains(text, '[0m') OR contains(text, '[39m')
         THEN regexp_replace(text, '(?:\x1b|\\u001[bB]|\\x1[bB]|\\033|#033)\[[0-9;:]*[A-Za-z]', '', 'g')
         ELSE text END;
CREATE OR REPLACE MACRO with_newlines(text) AS
    CASE WHEN contains(text, chr(13)) THEN regexp_replace(text, '\r\n?', chr(10), 'g') ELSE text END;
CREATE OR REPLACE MACRO without_line_end(text) AS rtrim(text, E' \n\r\t');
CREATE OR REPLACE MACRO within_container(text) AS
    CASE WHEN starts_with(text, '{') AND contains(text, '"log"') AND json_valid(text) AND json_type(text, '$.log') = 'VARCHAR'
         THEN json_extract_string(text, '$.log') ELSE text END;
-- Lambda's own last line of an invocation follows at once what a program printed without a line end: "connected XEND RequestId: ...".
CREATE OR REPLACE MACRO without_glued_end(text) AS
    CASE WHEN contains(text, 'END RequestId: ') THEN regexp_replace(text, '(\S)END RequestId: ' || uuid_pattern() || '\s*$', '\1')
         ELSE text END;
-- The wrapper that PHP-FPM puts around what its workers print.
CREATE OR REPLACE MACRO within_pool(text) AS
    CASE WHEN contains(text, ' said into std')
         THEN regexp_replace(text, '(?s)^(?:\[[^\]\n]*\] )?[A-Z]+: \[pool [\w.-]+\] child \d+ said into std(?:err|out): "(.*)"'
              '(?:, pipe is closed)?\s*$', '\1')
         ELSE text END;
-- A program may pass JSON to a logger that writes JSON itself, as Lambda's does. The message is then a record, whose fields are merged with
-- the logger's. (A message that names no connection, no error and no level may be what a client sent.)
CREATE OR REPLACE MACRO is_record_of_program(message) AS json_valid(message)
    AND regexp_matches(message, '"(?i:\w*conn\w*_?id|error_?type|level|severity)"\s*:') AND NOT is_payload(message);
CREATE OR REPLACE MACRO with_message_joined(record) AS
    json_merge_patch(json_merge_patch(record, '{"message":null}'), json_extract_string(record, '$.message'))::VARCHAR;
CREATE OR REPLACE MACRO within_logger(text) AS CASE
    WHEN starts_with(text, '{') AND contains(text, '"{') AND regexp_matches(text, '"message": ?"\{') AND json_valid(text)
         AND is_record_of_program(json_extract_string(text, '$.message')) THEN with_message_joined(text)
    ELSE text END;

-- Lambda's text prefix, separated by tabs: "[LEVEL] time request message" in Python, "time request LEVEL message" in Node.js and .NET,
-- "request message" in Bref (PHP).
CREATE OR REPLACE MACRO lambda_prefix() AS
    '(?:\[[A-Za-z]+\]\t\S*\t[0-9a-f-]*\t|[0-9a-f-]{36}\t|\S+\t(?:[0-9a-f-]{36}|undefined)\t(?:[A-Za-z]+\t)?)';
-- Prefixes of loggers: time, level, thread and logger, in the order of each logger. (A [tag] that is none of these says something.)
CREATE OR REPLACE MACRO time_pattern() AS
    '(?:\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?|\d\d:\d\d:\d\d(?:[.,]\d+)?'
    '|\d\d/\d\d/\d{4}, \d{1,2}:\d\d:\d\d(?: [AP]M)?)';
CREATE OR REPLACE MACRO level_pattern() AS
    '(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|LOG|VERBOSE|VRB|DBG|INF|WRN|ERR|FTL|info|debug)';
CREATE OR REPLACE MACRO logger_prefix() AS '(?:'
    -- Ruby, Monolog, env_logger, Serilog, .NET, Nest, logging.basicConfig, winston
    '[A-Z], \[\S+ #\d+\] +' || level_pattern() || '(?: ' || uuid_pattern() || ')? -- [^:\n]*: '
    '|\[' || time_pattern() || '\] [\w-]+\.' || level_pattern() || ': '
    '|\[' || time_pattern() || ' +' || level_pattern() || '(?: +[\w:]+)?\] '
    '|(?:trce|dbug|info|warn|fail|crit): [\w.]+\[\d+\]\s+'
    '|\[Nest\] \d+ +- +' || time_pattern() || ' +' || level_pattern() || ' +'
    '|' || level_pattern() || ':[\w.]*:'
    '|(?:info|debug|verbose): '
    -- time first, the rest in any order
    '|\[?' || time_pattern() || '\]?(?:[ \t|,:-]+(?:\[?' || level_pattern() || '\s*\]?|' || uuid_pattern()
    || '|\[(?:main|[\w-]*[Tt]hread[\w-]*|[\w-]+-exec-\d+|\w+\.\w+:\d+)\]|[\w$]+(?:::[\w$]+)+'
    '|[\w$]+(?:\.[\w$]+)+(?::\w+)?(?::\d+| *\|| +--?)|[\w$/-]+\.\w+:\d+))*(?:: ?|[ \t|]+(?:--? )?)'
    ')';
CREATE OR REPLACE MACRO without_prefix(message) AS
    regexp_replace(message, '^' || lambda_prefix() || '?' || logger_prefix() || '?', '');

-- A broader version of these prefixes, for the sentence alone. (Every line gets a template key; there the cheaper version is enough.)
-- Its parts: times, levels, requests, Spring Boot's process and thread, files and classes;
CREATE OR REPLACE MACRO frame_part_pattern() AS '(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d [\w.-]+ [\w./-]+\[\d+\]|'
    || time_pattern() || 'Z?'
    '|[A-Z][a-z]{2} +\d{1,2},?(?: \d{4})? \d{1,2}:\d\d:\d\d(?: [AP]M)?|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT'
    '|\d\d[/-][A-Z][a-z]{2}[/-]\d{4} \d\d:\d\d:\d\d(?: UTC)?|\d{1,2}:\d\d[AP]M'
    '|\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?|1\d{9}(?:\d{3})?'
    '|' || level_pattern() || '|Info|Debug|trace|notice|verbose|warn|warning|' || uuid_pattern() || '|RequestId: '
    || uuid_pattern() || '|request_id=\S+'
    '|[\w.-]+ - [A-Z]{4,8} -|\d+ --- (?:\[[^\]\n]*\] ?)*[\w$.\[\]/-]+ +|[\w$/.-]*\w\.\w+:\d+|[A-Z]\w+:\d+'
    '|[a-z_][\w.]*:\w+:\d+|[A-Za-z_$][\w$]*(?:(?:\.|::)[\w$]+)+(?:\[\d+\]|\(\))?'
    -- what klog, logrus, Semantic Logger, tracing, syslog, pm2, compose, Heroku, debug, Serilog, log4js, Flask, Go and signale add;
    '|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+|(?:INFO|DEBU|WARN|ERRO)\[[^\]\n]*\]|[DIWEF] \[\d+:\w+\]'
    '|\w(?:[\w ]*\w)?\{[\w.]+=[^}\n]*\}'
    '|<\d+>1(?: [^ \n]+){6}|\d+\|[\w-]+|[\w-]+[_-]\d+ +\||\w+\[[\w.]+\]|root'
    '|(?:app|api|chat|server|lambda|backend|service|[a-z]+-[a-z-]+):[a-z]+'
    '|(?:[A-Z]\w*)?(?:Handler|Service|Controller|Gateway|Lambda|Function|App|Server|Api|Manager|Router|Logger) --?'
    '|\d\d:\d\d:\d\d(?:\.\d+)? +[A-Z]{3,5}'
    '|[\w.-]+ :(?: [\w-]*request-id=\S+)? \[\w+\]'  -- Swift
    '|\[[A-Z]+\] default|in \w+|(?:\[[\w.-]+\]|[\w.-]+:) \d{4}/\d\d/\d\d \d\d:\d\d:\d\d|\[[\w-]+\] (?:› \S+ +)?(?:info|debug|warn)'
    -- and names of loggers that say nothing.
    '|app|main|index|handler|lambda|bootstrap|logger|stdout|stderr|[\w-]+[_-](?:handler|service|server|app|api))';
CREATE OR REPLACE MACRO frame_pattern() AS '^(?:[\w$.]+ \w+\n(?:SEVERE|WARNING|INFO|CONFIG|FINE\w*): |'
    || frame_part_pattern() || '[\s|:\]-]+'
    '|[\[(<] *(?:' || frame_part_pattern() || '|\d+(?::\w+)?|\d+ on [\w.-]+'
    '|[\w-]*(?:[Tt]hread|exec)-\d+) *[\])>][\s|:-]*|[ℹ\x{fe0f}›•]\s+)+';
CREATE OR REPLACE MACRO without_lambda_prefix(message) AS regexp_replace(message, '^' || lambda_prefix(), '');
-- The sentence without the quotation marks that klog puts around it, before its fields.
CREATE OR REPLACE MACRO without_klog_quotes(beginning, sentence) AS CASE WHEN regexp_matches(beginning, '^[IWEF]\d{4} ')
    THEN regexp_replace(sentence, '^"([^"\n]*)"((?: \w+=[^\n]*)?)$', '\1\2') ELSE sentence END;
-- The part of a beginning before the sentence. (A sentence may begin with an exception's class, or with a name such as "ws.connect"; both
-- look like a logger's name.)
CREATE OR REPLACE MACRO before_sentence(beginning) AS
    regexp_extract(beginning, '^((?s:.*?))(?:[\w$.]*(?:Error|Exception|Fail'
    '|\.(?i:(?:dis)?connect|messag|welcome|greet|gone))(?s:.*))?$', 1);
-- Whether a beginning is a frame. A name alone is not: it needs a time, a level or the like. Nor is a beginning that says something, or
-- that names a service.
CREATE OR REPLACE MACRO is_frame(beginning) AS regexp_matches(beginning,
    '\d\d:\d\d|(?i:info?|debu?g?|trace|notice|verbose|warn|wrn|err|erro|error|eror|log|critical|fatal|request_?id)\b'
    '|\d{10}|\[[\da-f]{8}-|\d *\||\.\w{1,4}:\d+|[ℹ›•]')
    AND NOT regexp_matches(beginning,
    '(?i:connect|gone|welcome|greet|messag|open|close|join|left|room)(?:[a-z]*|[A-Z]*)(?:[^A-Za-z]|$)'
    '|(?i:redis|sql|mongo|kafka|mqtt|nats|jdbc|hikari|cache|\.(?:body|text|content|payload|prompt)\b)');

-- Without the answers that SDKs print for their own calls, since these hold the ids of those requests: Go's answers, the metadata and v2
-- errors of JavaScript, the extras of Rust.
CREATE OR REPLACE MACRO without_answers(message) AS
    CASE WHEN regexp_matches(message, ', RequestID: |\$metadata|statusCode|extras: ')
         THEN regexp_replace(message, 'StatusCode: \d+, RequestID: [\w-]*|\$metadata\W{1,6}\{[^}]*|\bextras: (?:Some\()?\{[^}]*'
             '|\brequestId["'']?:\s*["''][\w-]+["''],\s*["'']?statusCode\b', '', 'g') ELSE message END;
-- The Lambda request id: a tab-separated field of the prefix, a named field, or a UUID right after the time (in Ruby, after the level).
CREATE OR REPLACE MACRO request_id_of(message) AS coalesce(
    first_of(message, '^(?:[^\t\n]*\t){0,2}(' || uuid_pattern() || ')\t'),
    first_of(without_answers(message), '(?i)request_?id["'']?\s*(?:=>|[:=])\s*["'']?(' || uuid_pattern() || ')'),
    first_of(message, '^(?:\[?\d\S*(?: \S+)?|[A-Z], \[\S+ #\d+\] +[A-Z]+) (' || uuid_pattern() || ')\b'));
-- Prose without ids that are not a connection's. A UUID may be a connection id. The id of a request or a message is not one; nor is an id
-- that looks like a request's, unless it follows a name for a connection id: see with_plain_ids(). E-mail addresses are not ids either.
CREATE OR REPLACE MACRO without_other_ids(prose) AS regexp_replace(prose,
    '(\bconnection [\w-]+=*)'
    '|(?i:(?:\b|_|x)(?:extended[ _-]?)?(?:request|message|trace|event|correlation)[ _-]?ids?["'']?\s*(?:=>|[:=])\s*["'']?(?:'
    || uuid_pattern() || '|[\w-]{6,}={0,2}))|(?i:\bsec-websocket-(?:key|accept)\W{1,5}[\w+/-]+={0,2})|[\w.+-]+@[\w-]+(?:\.[\w-]+)+'
    '|(?:\b[\w-]|\B-)[\w-]{10}F(?:[\w-]{3}=|[\w-]{6}==)', '\1', 'g');  -- (a hyphen does not begin a word)

-- Whether a line is the first of an invocation, as text or as JSON.
CREATE OR REPLACE MACRO is_text_start(message) AS starts_with(message, 'START RequestId: ');
CREATE OR REPLACE MACRO is_start(message) AS
    is_text_start(message) OR (starts_with(message, '{') AND contains(message, '"platform.start"'));
-- What Lambda itself says of an execution environment or an invocation: a cold start, or a timeout.
CREATE OR REPLACE MACRO is_cold_start(message) AS
    starts_with(message, 'INIT_START ') OR (starts_with(message, '{') AND contains(message, '"platform.initStart"'));
CREATE OR REPLACE MACRO is_timeout(message) AS
    regexp_matches(message, '^\d\S* ' || uuid_pattern() || ' Task timed out after ');
-- A failed invocation: by its report, as text or as JSON; by what the handler raised, as the runtime reports it; or by what ended the
-- process.
CREATE OR REPLACE MACRO is_failed_report(message) AS regexp_matches(message, '\tStatus: (?:timeout|error)');
CREATE OR REPLACE MACRO is_failed_json_report(message) AS
    regexp_matches(message, '"platform\.(?:report|runtimeDone)".*"status": ?"(?:error|failure|timeout)"');
CREATE OR REPLACE MACRO is_failed_invocation(message) AS CASE
    WHEN starts_with(message, '{')
    THEN CASE WHEN contains(message, '"platform.') THEN is_failed_json_report(message)
              ELSE contains(message, '"errorMessage"') AND NOT regexp_matches(message, '"(?:message|msg)":') END
    WHEN starts_with(message, 'REPORT RequestId: ') THEN is_failed_report(message)
    WHEN starts_with(message, '[ERROR] ') THEN regexp_matches(message,
        '^\[ERROR\] (?:Runtime\.|[\w.]*(?:Error|Exception|Exit|Interrupt|Timeout)\b|[\w.]+(?:: [^\n]*)?\nTraceback )')
    WHEN starts_with(message, 'RequestId: ') THEN regexp_matches(message, '^RequestId: \S+ (?:Error: |Process exited)')
    ELSE regexp_matches(message, '^(?:\S+\t\S+\tERROR|' || uuid_pattern()
             || ')\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\b'  -- Node.js; Bref
             '|^[\d/]{10} [\d:]{8} \{"errorMessage":'  -- Go
             '|^[^\n]*: [a-z][\w.$]*\.GoneException\n[a-z]')  -- Java, where no logger prints the like
         OR is_timeout(message) END;
-- Whether a line is any of these. Every event is tested: to compare the beginning of a line of text is cheap, to search all of it is not.
CREATE OR REPLACE MACRO is_platform_line(message) AS CASE
    WHEN starts_with(message, '{')
    THEN CASE WHEN contains(message, '"platform.') THEN is_start(message) OR is_cold_start(message) OR is_failed_json_report(message)
              ELSE contains(message, '"errorMessage"') END
    WHEN starts_with(message, 'REPORT RequestId: ') THEN is_failed_report(message)
    ELSE is_text_start(message) OR starts_with(message, 'INIT_START ') OR starts_with(message, '[ERROR] ')
         OR starts_with(message, 'RequestId: ') OR is_timeout(message) END;
-- What Lambda reports at the end of each invocation: its duration, whether it had to start an environment, and the memory that it used.
CREATE OR REPLACE MACRO is_report(message) AS
    starts_with(message, 'REPORT RequestId: ') OR (starts_with(message, '{') AND contains(message, '"platform.report"'));
CREATE OR REPLACE MACRO reported_number(message, label, name) AS
    try_cast(first_of(message, '(?:' || label || ': |"' || name || '": ?)([0-9.]+)') AS DOUBLE);
CREATE OR REPLACE MACRO report_of(message) AS {
    request_id: first_of(message, '(?:^REPORT RequestId: |"requestId": ?")([^\s"]+)'),
    milliseconds: reported_number(message, '\tDuration', 'durationMs'),
    is_cold: reported_number(message, 'Init Duration', 'initDurationMs') IS NOT NULL,
    memory: reported_number(message, 'Max Memory Used', 'maxMemoryUsedMB') / reported_number(message, 'Memory Size', 'memorySizeMB'),
    is_timeout: regexp_matches(message, '\tStatus: timeout|"status": ?"timeout"')};
-- The version of the function, as the first line of an invocation gives it.
CREATE OR REPLACE MACRO version_of(message) AS
    CASE WHEN is_text_start(message) THEN nullif(without_line_end(split_part(message, ' Version: ', 2)), '')
         ELSE first_of(message, '"version": ?"([^"]*)"') END;

-- Whether a record reports an error: by its level, in the words of many loggers, or by its kind. Every event is tested, and a service that
-- searches for lines itself uses the same pattern, so it keeps to the syntax that all dialects of regular expressions share.
CREATE OR REPLACE MACRO error_level() AS '(ERROR|CRITICAL|FATAL|SEVERE|EMERGENCY|ALERT)';
CREATE OR REPLACE MACRO any_colour() AS '(\x1b\[[0-9;]*m)*';
CREATE OR REPLACE MACRO error_line_pattern() AS
    -- Lambda's prefix (.NET writes fail and crit), zap's, a level in brackets, a time and a level
    '^ ?([0-9a-f-]+ )?' || any_colour() || '\[?' || any_colour() || ' ?' || error_level() || any_colour() || '(\]|[ :\t])'
    '|^[^\s]+\t[^\s]+\t(CRITICAL|FATAL|fail|crit)\t|\tERROR\t|^[0-9][^\s]+\t(error|dpanic|panic|fatal)\t'
    '|^' || any_colour() || '\[?[0-9][0-9T:.,Z+|/ -]+[^\s]*[ |-]+(\[[^\]\n]*\] )?' || any_colour() || '\[?' || error_level()
    -- Ruby, Monolog, env_logger, Serilog, zerolog, .NET, winston, Swift, NLog and loguru, klog
    || '|^\[?[0-9][0-9T:.,Z+ -]+\]? ([a-z_]+=[^\s]+ )*' || any_colour() || '\[?([eE]rror|critical|fatal) *'
    || any_colour() || '(\]|:| [A-Za-z0-9_.-]+ ?: )|^\[([eE]rror|[cC]ritical|[fF]atal) *\]'
    '|^[EF], \[|^(\[[^\]]+\] )?[A-Za-z0-9_-]+\.' || error_level() || ': |^\[[0-9][^\s]+ +ERROR '
    '|^\[?[0-9][0-9T:.Z+ -]+([AP]M)? (\[?(ERR|FTL)\]|(ERR|FTL|PNC) )|^(fail|crit): [A-Za-z]'
    '|^' || any_colour() || 'error' || any_colour() || ': |\| ?(ERROR|FATAL|CRITICAL) *\||^[EF][0-9][0-9][0-9][0-9] [0-9][0-9]:'
    -- log15 and logrus, on a terminal
    '|^' || any_colour() || '(EROR|ERRO|CRIT|FATA|PANI)' || any_colour() || '\[[0-9T:.|+Z-]+\] '
    '|^' || any_colour() || '\[Nest\] .* (ERROR|FATAL)' || any_colour() || ' +' || any_colour() || '\['
    '|^\[[A-Z]*[a-z][^\]\n]*\] ?(\[?' || error_level() || '(\]|:)|' || error_level() || ' [^\s]+ - )|^\[(ERR|FTL)\] '
    '|^\[[0-9][^\]\n]*\] \[[0-9]+\] \[' || error_level() || '\]'  -- Gunicorn
    -- JSON records, by the level's name, by its number (pino and bunyan, OpenTelemetry, GELF), or by a level that is an object (loguru)
    '|"(level|[lL]og_?[lL]evel|log\.level|([lL]og_?)?[lL]evel_?[nN]ame|[sS]everity(_?[tT]ext)?|lvl|@l|Level|L'
    '|priority)": ?"(\\u001b\[[0-9;]*m)*'
    '(error|ERROR|Error|err|ERR|eror|critical|CRITICAL|Critical|crit|fatal|FATAL|Fatal|panic|dpanic|PANIC|emergency'
    '|EMERGENCY|alert|ALERT|SEVERE)[\\"]'
    '|"(level|logLevel)": ?[56]0 ?[,}]|"[sS]everity_?[nN]umber": ?(1[789]|2[0-4])'
    '|"short_message".*"level": ?[0-3] ?[,}]|"level": ?[0-3] ?[,}].*"short_message"'
    '|"level": ?\{[^}]*"name": ?"(ERROR|CRITICAL)"|(level|lvl|severity)=(error|ERROR|eror|fatal|FATAL|panic|critical|CRITICAL|crit)( |$)'
    -- what a runtime, or Lambda itself, says of an invocation that failed
    '|"errorType": ?"[A-Za-z]|^\{"errorMessage"|(^|"message": ?")[0-9][^\s]+ ([0-9a-f-]+ )?Task timed out after '
    '|^Traceback \(most recent|^During handling of the above exception|^The above exception was the direct cause'
    '|^panic: |^fatal error: |^thread ''[^'']*'' panicked at '
    '|^Exception in thread |^Unhandled exception\. |^[A-Za-z0-9_$.]*(Exception|Error)(: |[ \r\n]*$|[^\n]*\n[ \t]+at )'
    '|^[^\n]*: [a-z][A-Za-z0-9_$.]*(Exception|Error)\n[a-z][A-Za-z0-9_$.]*(Exception|Error)'
    '|^[A-Z][a-z]+ [^\n]+ [AP]M [^\n]+\nSEVERE: |^(NOTICE: PHP message: )?(PHP )?(Fatal|Parse) error: '
    -- Node.js, Ruby and Elixir, C++, syslog
    '|^Uncaught [A-Z]|UnhandledPromiseRejectionWarning: |^[^\s]+\.rb:[0-9]+:in [^\n]*Error\)'
    '|^\*\* \([A-Z][A-Za-z.]*Error\)|^terminate called after throwing '
    '|^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ [^\s]+ [^\s]+: ' || error_level() || '[: ]'
    '|^(REPORT RequestId|INIT_REPORT Init Duration): .*Status: (timeout|error)|^RequestId: [^ ]+ Error: '
    '|^[^ ]+ [^ ]+ Process exited before completing request'
    '|"platform\.(report|runtimeDone|initReport)".*"status": ?"(error|failure|timeout)"';
CREATE OR REPLACE MACRO is_error_line(message) AS regexp_matches(message, error_line_pattern());
-- Lambda's own report of an invocation; an earlier line may have reported the same error.
CREATE OR REPLACE MACRO is_invocation_report(message) AS
    regexp_matches(message, '^REPORT RequestId: |^INIT_REPORT |^RequestId: |"type": ?"platform\.(?:report|runtimeDone|initReport)"');
CREATE OR REPLACE MACRO is_init_report(message) AS starts_with(message, 'INIT_REPORT ') OR contains(message, '"platform.initReport"');

-- What a JSON record says of an error; json_message() returns its own words. Anything else in it may be a user's.
CREATE OR REPLACE MACRO json_error(record) AS concat_ws(chr(10), joined(json_extract_string(record, [
    '$.errorType', '$.exception_name', '$.message.errorType', '$.message.name', '$.error.name', '$.err.type', '$.err.name',
    '$.exception.type', '$.error.type', '$.error.kind', '$.attributes.error.kind', '$."error.class"', '$.fields.error.name',
    '$.errorMessage', '$.message.errorMessage', '$.error.message', '$.err.message', '$.exception.message', '$.error', '$.err',
    '$.exception', '$.Exception', '$.exc_info', '$.reason', '$.cause', '$."@x"', '$.full_message',
    '$.context.error', '$.metadata.error', '$.details.error', '$.data.error', '$.fields.error', '$.extra.error', '$.attributes.error',
    '$.context.exception.class', '$.context.exception.message', '$.thrown.name', '$.thrown.message', '$.record.exception.type',
    '$.record.exception.value', '$.attributes."exception.type"', '$.attributes."exception.message"', '$."error.type"',
    '$."error.message"']), ': '),
    -- if the trace is text, as Java and Node.js write it: its line that names the exception
    first_of(coalesce(json_extract_string(record, '$.stack_trace'), json_extract_string(record, '$.stack')), '^([^{\n]+)'));
-- The message of a JSON record, under the keys of many loggers: pino, zap, structlog, tslog, tracing, Serilog, .NET, loguru, GELF; and of
-- log4js and OpenTelemetry, whose keys "data" and "body" hold a user's text in other records.
CREATE OR REPLACE MACRO json_message(record) AS concat_ws(chr(10),
    CASE WHEN json_type(record, '$.message') NOT IN ('OBJECT', 'ARRAY') THEN nullif(json_extract_string(record, '$.message'), '') END,
    joined(json_extract_string(record, [
        '$.msg', '$.event', '$.message[0]', '$."0"', '$.fields.message', '$.RenderedMessage', '$."@m"', '$."@mt"',
        '$.Message', '$.MessageTemplate',
        '$.message.message', '$.message.msg', '$.record.message', '$.short_message', '$.M', '$._msg', '$."@message"',
        '$.textPayload', '$.jsonPayload.message']),
        chr(10)),
    CASE WHEN contains(record, '"categoryName"') THEN json_extract_string(record, '$.data[0]') END,
    CASE WHEN regexp_matches(record, '"(?i:severity_?(?:text|number))"|"resource": ?\{')
        OR (contains(record, '"severity":') AND NOT contains(record, '"message":'))
         THEN joined(json_extract_string(record, ['$.body', '$.Body', '$.body.stringValue', '$.Body.stringValue',
             '$.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue']), chr(10)) END);
-- The rest without a lone tag: in "[ws] {...}" the record counts, unless the tag says something.
CREATE OR REPLACE MACRO without_lone_tag(rest) AS CASE
    WHEN and_then(starts_with(rest, '[') AND ends_with(rest, '}') AND contains(rest, '] {"'),
                  regexp_matches(rest, '^\[[\w .-]+\] \{"[^\n]*"(?:message|msg)"\s*:\s*"')
                  AND NOT regexp_matches(
                      rest, '(?i)^\[[^\]]*(?:connect|gone|welcome|greet|messag|open|close|join|left|route|default)'))
    THEN regexp_replace(rest, '^[^\]]*\] ', '') ELSE rest END;
-- A message template, as Serilog and .NET keep it, with its places filled: that of the id with @, any other with "", for somebody's words.
CREATE OR REPLACE MACRO with_places_filled(said) AS regexp_replace(regexp_replace(said,
    '\{@?(?i:(?:\w*conn(?:ection)?|socket|ws)_?id)\}', '@', 'g'),
    '\{@?[A-Z]\w*\}', '""', 'g');
-- A record without its message, if that binds values: "connectionId: X" may be what a user typed, so it is judged as words, not as a field.
CREATE OR REPLACE MACRO without_message(record) AS regexp_replace(record,
    '("(?:[mM]essage|msg|event|@mt?|@message|RenderedMessage|M|short_message|text'
    '|body"\s*:\s*\{\s*"stringValue)"\s*:\s*)"(?:[^"\\]|\\.)*(?:: |=)(?:[^"\\]|\\.)*"', '\1""', 'g');
-- A record that was cut off is not valid JSON. Its own words are the value of the first of these keys, as far as it goes.
CREATE OR REPLACE MACRO is_cut_off(rest) AS regexp_matches(rest, '^\{\s*"') AND NOT json_valid(rest);
CREATE OR REPLACE MACRO cut_message(rest) AS
    first_of(rest, '"(?:[mM]essage|msg|@mt?|RenderedMessage|short_message)"\s*:\s*"((?:[^"\\]|\\.)*)');
CREATE OR REPLACE MACRO cut_error(rest) AS concat_ws(': ',
    first_of(rest, '"(?:errorType|exception_name|name)"\s*:\s*"((?:[^"\\]|\\.)*)'),
    first_of(rest, '"(?:error|err|exception)"\s*:\s*\{\s*"(?:type|name)"\s*:\s*"((?:[^"\\]|\\.)*)'),
    first_of(rest, '"(?:errorMessage|error|err|exception)"\s*:\s*"((?:[^"\\]|\\.)*)'));
-- A JSON object at the end of a line of text: "CONNECTION_EVENT: {...}", "Invoke Error {...}".
CREATE OR REPLACE MACRO trailing_braces(rest) AS first_of(rest, '(?s)^[^{]+(\{.*\})$');

-- The kind and the id in "CONNECTION_EVENT: {...}", as checks/events writes it. They come first. The rest is for people only: it may hold
-- anything, even what a user typed, and is not evaluated.
CREATE OR REPLACE MACRO structured_kind(said) AS first_of(said,
    '^CONNECTION_EVENT: \{"connection_id": "[^"\\]+", "event_type": '
    '"(connect|disconnect|message|gone|welcome_sent|welcome_failed|welcome_retry)"[,}]');
CREATE OR REPLACE MACRO structured_id(said) AS first_of(said, '^CONNECTION_EVENT: \{"connection_id": "([^"\\]+)"');

-- A traceback without its frames. The line of the exception stays; so does the brace behind Node.js's last frame, which opens the fields.
CREATE OR REPLACE MACRO frames_pattern() AS
    '(?:Traceback \(most recent call last\):)?'
    '(?:\n[ \t\x{a0}]+at (?:[^\n{]|\{[^\n])*(?:\n[ \t\x{a0}]{3,}(?:[^\n{]|\{[^\n])*)*'
    '|\n[ \t\x{a0}]+(?:File |\.\.\. |\^)[^\n]*(?:\n[ \t\x{a0}]{3,}[^\n]*)*)+';
CREATE OR REPLACE MACRO without_frames(said) AS
    CASE WHEN contains(said, chr(10)) THEN regexp_replace(said, frames_pattern(), '', 'g') ELSE said END;

-- ------------------------------------------------------------------------------------------ other people's words

-- A text in quotation marks, closed or cut off: "x", 'x', `x`, Node's 'x' + 'y', Python's b'x', and \"x\" in text that is itself
-- quoted, once or twice over (there a longer run of backslashes belongs to the text).
CREATE OR REPLACE MACRO quoted_once() AS '(?s:b?(?:"(?:[^"\\]|\\.)*"?|''(?:[^''\\]|\\.)*''?|`[^`]*`?'
    '|\\{3,}"(?:[^"\\]|\\{1,6}[^"\\]|\\{7,}"?)*(?:\\+")?|\\{1,2}"(?:[^"\\]|\\{1,2}[^"\\]|\\{3,}"?)*(?:\\+")?'
    '|\\+''(?:[^''\\]|\\{1,2}[^''\\])*(?:\\+'')?))';
CREATE OR REPLACE MACRO quoted() AS quoted_once() || '(?:\s*\+\s*' || quoted_once() || ')*';

-- The body of a request, and text under any such name, is the user's, in whatever notation it is dumped.
CREATE OR REPLACE MACRO body_pattern() AS
    '(\b(?:\w*[bB]ody|text|content|data|payload|prompt|question|input|comment|[rR]eceived)\\*["'']?\s*(?:=>|[:=])\s*)' || quoted();
CREATE OR REPLACE MACRO without_bodies(said) AS regexp_replace(said, body_pattern(), '\1""', 'g');
CREATE OR REPLACE MACRO without_speech(said) AS
    regexp_replace(said, '(?i)(\b(?:said|says|sending|storing|saving|relaying|echoing|broadcasting'
        '|searching for)(?: message)?:? )' || quoted(), '\1""', 'g');

-- "Message content: ...", "Generated response in 2 s: ...": what follows such a label is quoted, not said.
-- ("from connection: X" is not such a label, and "Error sending response: " is followed by the error.)
CREATE OR REPLACE MACRO with_ids_at_once(said) AS
    regexp_replace(said, '(?i)(connection(?:[ _-]?id)?)\s*[:=] +(' || id_pattern() || ')', '\1 \2');
CREATE OR REPLACE MACRO says_sending_failed(said) AS regexp_matches(said,
    '(?i)^(?:[^:{\n]|\d:\d\d)*\b(?:errors?|fail\w*|exception|unable|(?:could|can) ?n[o'']t|can''t|problem)\b'
    '(?:[^:{\n]|\d:\d\d)*\b(?:send|post|deliver|push|forward|broadcast|relay|publish|emit|reply|respond|answer|notify'
    '|inform|echo|write|return)');
-- Names for what a client sends.
CREATE OR REPLACE MACRO sent_words() AS '(?:message|msg|chat|event|action|request|command|data|body|ping|pong'
    '|heart ?beat|keep ?alive|json|payload|input|frame'
    '|updates?|telemetry|operation|op|cursor|vote|bid|order|answer|offer|candidate|move|report|query|question'
    '|prompt|chunk|packet|transcript)';
-- Names for what somebody typed; no logger uses them for a sentence of its own.
CREATE OR REPLACE MACRO typed_words() AS '(?:(?:message|msg|event|request|ai|bot|user)[ _])?(?:data|q|query|body'
    '|payload|content|text|said|says|typed|input|utterance|transcript(?:ion)?|prompt|comment|note'
    '|question|answer|response|completion)';
CREATE OR REPLACE MACRO label_beginning() AS
    '(?:(?:new|received|incoming|inbound|got|ws|web ?socket|chat|game|raw|user|client|broadcasting|sending'
    '|sent|echoing|publishing|sav(?:ing|ed)|stor(?:ing|ed)|processing|handling|pars(?:ing|ed)|decod(?:ing|ed)|retrieved|on|handle)[ _]?)*';
-- A label that may name a part of the application or a place to talk. A user's text follows, unless it names a connection by its id.
CREATE OR REPLACE MACRO place_label() AS
    '\W*(?:(?:chat|room|lobby|channel)(?:[ #:-][\w-]+)?\] ?[\w.-]+|🗨\W+[\w.-]+|chat|sent|posting|posted|shared) ?:';
CREATE OR REPLACE MACRO quotation_label() AS
    '(?is)^((?:\[[\w .-]+\] *)*(?:' || place_label() || '|\W*(?:chat|user|client) ?>|\W*(?-i:[a-z][a-z0-9_.-]*)>'
    '|\W*💬 [\w.-]+:|\W*chat ?\|[^|\n]*\|'
    '|\W*(?:recv|rx|incoming|inbound)\W+' || id_pattern() || '\]?:?|\W*(?:\w+ )?\[?' || id_pattern()
    || '\]? (?:(?:sent|wrote|typed) ?:|says?\b|said\b)'
    '|\W*(?:(?:new|received|incoming|inbound|got|ws|web ?socket|chat|text|client|user) )*' || sent_words() || '(?: received)? '
    '(?:from|by|on)\b[^:\n]*[ @[(<]' || id_pattern() || '[\])>]?(?: received)? ?:'
    '|[^\w{]*(?:(?:\[?' || id_pattern() || '\]?|[\w.-]+\]|[\w.-]+:) ?:? ?)?' || label_beginning()
    || '(?:(?:chat line|message|msg|echo(?: back|ing)?|broadcasting|sending|forwarding|relaying|publishing'
    '|replying with|(?:\w+ )?title|subject|translat(?:ion|ed)|summary|user[ -]?agent|referr?er|cookie|header [\w-]+'
    '|caption|passage|excerpt|snippet|context|(?:top )?document|description|quote|tweet|topic|nick ?name'
    '|stt|tts|llm|ai|bot|assistant|human|generated|(?:\w+ )?chunk|token|delta|thought|observation|suggestion'
    '|recogni[sz]ed|commit message|(?:tool|action|moderation|model|agent|llm|ai) (?:input|output|result)|#[a-z][\w-]*'
    '|dm (?:to|from) [\w.-]+'
    '|q|whisper|shout|announce(?:ment)?|review|feedback|reply|new post|ticket|frame|raw|decoded|recv|rx'
    '|search(?:ing)?(?: (?:term|query|for))?|keywords?'
    '|bio)(?: (?:body|text|data|is|received(?: from (?:the )?(?:client|user))?|sent|created|added|saved|stored'
    '|(?:to|of) (?:the )?[\w.-]+|#?\d+))?(?::| ?[=-]>| =)'
    '|' || typed_words() || '(?: (?:body|text|data|content|is|received|sent|created|added|to [\w.-]+|#?\d+))?(?::| ?[=-]>| =))'
    '|[^\w{]*(?:(?:new|received|incoming|inbound|got|chat|ticket #?\d+) )*(?:message|msg|comment|note|dm'
    '|feedback) (?:from|by) (?:(?:user|client|player) )?[\w.-]+ ?:'
    '|[^\w{]*(?:\w+ ){0,3}(?:says?|said|asks|asked|typed|wrote|writes):|\W*(?:user|client|player|member|guest)(?: [\w.-]+)? sent:'
    '|\W*(?:received|got|parsed|typed|comment|search):|\W*command: ?/\w+|\W*\w+ to \d+ \w+:'
    '|\W*(?:received|got) from [^:\n]+:|\W*action: ?\w+, (?:[\w ]+: ?[^,:\n]*, )*(?:message|msg):'
    '|[^\w{]*(?:(?:error|fail\w*|unable|(?:could|can) ?n[o'']t)[ :-]*(?:to )?)?(?:pars(?:e|ing)|decod(?:e|ing)|deseriali[sz](?:e|ing)'
    '|unmarshal(?:l?ing)?) (?:(?:the|json|client|incoming) )*(?:message|msg|body|payload|data|json|frame|input) ?:'
    '|[^{]*?\b(?:content|text|body|prompt|question|answer|reply|response|payload|completion|transcript|said|says|asked'
    '|(?:request|query|input|output|chat) (?:for|from|of) [^:\n]+|(?:user|chat|text) (?:message|input|query)'
    '|(?:received|incoming|inbound|parsed|raw) (?:message|data|text)(?: body)?(?: from [^:\n]+)?)'
    '(?:["'']\])?(?: in [\d.]+ ?\w+)?(?: ?\([^)\n]*\))?\s*[:=]) |[^{]*?\b(?:content|text|comment)='
    '|\W*(?:user(?:_?(?:id|name))?|nick(?:_?name)?|sender|author) ?[:=] ?[\w.-]+,? +(?:message|msg|text):)';
-- "question=connection X is gone": a user's text up to its end, if no other field follows. (`message=` may be a logger's own.)
CREATE OR REPLACE MACRO typed_value() AS '^([^\w{]*' || label_beginning() || typed_words() || ')(=)(?:[^={]|=+(?:\W|$))+$';
-- "msg  it is gone", as Println("msg ", text) prints it: a user's text, if it does not begin with an id, which is longer than a word.
CREATE OR REPLACE MACRO spaced_value() AS '^(\W*(?:message|msg|text|body|data|payload|content)  +)[a-z''’]{1,14}(?:[ ,.!?].*)?$';
-- A text without its quotations. ("Message received: connectionId=X", "Incoming message: X" and "MESSAGE: X" name the sender.)
CREATE OR REPLACE MACRO without_quotations(said) AS CASE
    WHEN says_sending_failed(said) OR regexp_matches(said, '(?i)^' || place_label() || '[^\n]*' || id_pattern())
         -- (A quoted body has been removed before; fields may follow it.)
         OR regexp_matches(said, '(?i)^[^{\n]*\bbody\s*[:=]\s*""|^[^{\n]*\{ source: GoneException\(GoneException \{'
         '|^\W*(?:(?:\w*(?:error|exception)|err|fail\w*|reason|cause|warn\w*): '
         '|<(?:trace|debug|info|notice|warn|error|fatal))')
         -- (API Gateway's answers and events)
         OR regexp_matches(said, '(?i)^[^:{\n]*post_?to_?connection'
         '|^[^{\n]*\b(?:response|answer|result)(?: status| code)?\s*[:=] *\[?[45]\d\d\b'
         '|^[^{\n]*\b(?:input|data|payload|content|raw|message|msg|received|got|parsed|request|response'
         '|result)\b[^{\n]*[:=>] *(?:\{\W*(?:request_?context|(?:multi_?value_?)?headers|status_?code)\b'
         '|\w*web_?socket\w*\()|^[^:{\n]*\b(?:message|msg|received|event|request|frame): *\{\s*''?conn\w*_?id\b')
         OR regexp_matches(said, '(?i)^\W*(?:received|incoming|inbound|new) (?:\w+ )?message: *(?:from '
         '|(?:\w+=[\w.-]+,? +){1,3})?(?:conn\w*[=: ] ?)?' || id_pattern() || '\s*$')
         OR regexp_matches(said, '(?is)^\W*(?:(?:received|incoming|inbound|new|got) )?(?:\w+ )?(?:message|query'
         '|question|data|payload|text|input|request): *(?:\{.*\}|".*") from:? (?:\w+:? )?' || id_pattern() || '\s*$')
         OR regexp_matches(said, '^[^:\n]*(?::|->|=>) *' || id_pattern() || '\s*(?:$|\(|at \d|[=-]>'
         '|(?:,? ?(?i:action|route(?:_?key)?|type|bytes|size|len(?:gth)?|user_?id|room(?:_?id)?|channel|topic)=[\w.$:/-]+)+\s*$)'
         '|(?i)^\W*received: *(?:\{|[\w-]+ from |' || id_pattern() || ' *\{)')
    THEN with_ids_at_once(said)
    -- (The content may follow the sender.)
    WHEN regexp_matches(said, '(?i)^\W*(?:\w+[\]:]? ){0,3}(?:message received ?: *(?:(?:\w+ )?from )?(?:\w*id ?[=:] ?)?'
         || id_pattern() || '|(?:[a-z]+_)?(?:message|msg)(?: received)?: *(?:from conn|conn\w*(?:[ _-]?id)? ?[=:]))')
    THEN regexp_replace(with_ids_at_once(said), '(?is)(\b(?:content|text|body|payload|data|comment)\s*[:=]).*', '\1')
    ELSE regexp_replace(with_ids_at_once(said), quotation_label() || '.*|' || typed_value() || '|' || spaced_value(), '\1\2\3') END;
-- A line of logfmt: its words and its other fields; what precedes them is the frame. The fields are appended to the sentence, unless that
-- is a quotation.
CREATE OR REPLACE MACRO logfmt_of(sentence) AS CASE WHEN contains(sentence, 'msg=') OR contains(sentence, 'event=''')
    THEN regexp_extract(sentence,
    '(?s)^(?:(?:time|timestamp|ts|t|at|level|lvl|logger|caller|source|service|component|function|version|env|host|pid|thread'
    '|(?:request|req|trace|xray_trace)_?id)=(?:"[^"]*"|''[^'']*''|\S+) +)*'
    '(?:msg|event)=("(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*[^''\\\w.:/-](?:[^''\\]|\\.)*''|[\w.-]+)(.*)',
    ['words', 'fields']) END;
CREATE OR REPLACE MACRO is_logfmt_quotation(logfmt) AS and_then(logfmt.words <> '',
    regexp_matches(trim(logfmt.words, '"''') || ' ', quotation_label()));
-- Without the message that API Gateway's execution log shows.
CREATE OR REPLACE MACRO without_shown_message(said) AS regexp_replace(said, '(?s)(\]\. Message: \[).*', '\1]');

-- Whether a record is what a client sent: a JSON object that asks for an action and is not a logger's record, or chat that names its
-- sender.
CREATE OR REPLACE MACRO is_payload(record) AS (regexp_matches(record,
    '"(?:type|kind)"\s*:\s*"(?:chat(?:[ _.-]?message)?|comment|whisper|dm)"')
    AND regexp_matches(record, '"(?:from|sender|author|nick(?:name)?)"\s*:') AND NOT regexp_matches(record, '"(?i:conn\w*_?id)"\s*:'))
    OR regexp_matches(record, '"action"\s*:') AND NOT regexp_matches(record,
    '"(?:level|severity|lvl|log_?level|time|timestamp|ts|@t|@timestamp|logger|service|requestContext|event_?type'
    '|routeKey|conn(?:ection)?_?[iI]d)"\s*:');

-- Quotation marks around several words enclose somebody's text; around a single word they only set it off.
CREATE OR REPLACE MACRO without_quoted_words(prose) AS
    regexp_replace(regexp_replace(prose,
        '"[^"\n]*[ \t][^"\n]*"', '""', 'g'),
        '(^|[\s:=(\[,]b?)''[^''\n]*[ \t][^''\n]*''($|[\s.,;:)\]!?])', '\1''''\2', 'g');
CREATE OR REPLACE MACRO without_quoted_text(prose) AS
    without_quoted_words(regexp_replace(regexp_replace(regexp_replace(prose,
        '(?i)(\b(?:sent|sending|send|post(?:ed|ing)?|deliver(?:ed|ing)?|emit(?:ted|ting)?'
        '|push(?:ed|ing)?) (?:the |an? )?)["''](?:(welcome|greeting)["'']|(hello|connected|init|ready)["''] '
        '(message|event|packet|frame|notification)\b)', '\1\2\3 \4', 'g'),
        '["''][a-z!?., ]+["'']', '""', 'g'),
        '"([^"\s]+)"', '\1', 'g'));

-- ------------------------------------------------------------------------------------------ prose

-- "key=value" as "key: value", so that a key is not taken for an id that ends in "=". (A field with 410 is not a sentence ending in 410.)
CREATE OR REPLACE MACRO with_spaced_fields(prose) AS regexp_replace(regexp_replace(regexp_replace(prose,
    '\b(msg|message|error|err|event|reason|exception)="((?:[^"\\]|\\.)*)"', '\1=\2', 'g'),
    '(\w)=410\b', '\1 = 410', 'g'),
    '(^|[\s,;(\[&|])([A-Za-z_][A-Za-z_-]+)=(["''\w$<\[({-])', '\1\2: \3', 'g');

-- Prose with its dumped objects as {}.
CREATE OR REPLACE MACRO without_dumps(said) AS regexp_replace(said, '(?s)\{.*\}|\{.*', ' {} ');

-- Every way to name a connection id in prose, as "connection X": "connectionId: X", "connection ID [X]", "Connection Id -> X", "conn=X",
-- "socketId X". ("cid" may name many other ids.)
CREATE OR REPLACE MACRO with_plain_ids(prose) AS regexp_replace(prose,
    '(?i)\b(?:(?:ws[ _-]?)?conn(?:ection)?(?:[ _-]?id(?:["''\s:=#\[(<]|->))?|(?:socket|ws|web ?socket)[ _-]?id)["'']?'
    '\s*(?:=>|->|[:=#/]|\bis\b)?\s*["''\[(<]*('
    || any_id_pattern() || '\b)["''\])>]*'
    '|\bc_?id["'']?\s*[:=#]?\s*["''\[(<]*((?-i:' || gateway_id_pattern() || '))["''\])>]*', 'connection \1\2', 'g');

-- An id, unless it is a word: a long one ("acknowledgement") has the length of an id without its "=".
CREATE OR REPLACE MACRO unless_word(id) AS
    list_filter([id], lambda word: NOT regexp_full_match(word, '[A-Za-z]?[a-z_-]+|[A-Z_-]+'))[1];
CREATE OR REPLACE MACRO id_of_prose(prose) AS CASE WHEN regexp_matches(prose, '[0-9=]|@connections/|[A-Za-z_-]{15}') THEN coalesce(
    first_of(prose, 'connection (' || any_id_pattern() || ')'),
    first_of(prose, '(?:@|%40)connections/([A-Za-z0-9_%-]{3,}={0,2})'),
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-]|(?:^|\s)[\w.-]+/)(' || gateway_id_pattern() || ')'),  -- (also "ann/X", but not part of a path)
    first_of(prose, '(?:^|[^A-Za-z0-9_/+-])(' || id_pattern() || ')'),
    unless_word(first_of(prose, '(?i)(?:\bto|\bfor|\bfrom|\bon|\bid|connect|connected|connection|disconnect'
        '|disconnected|opened|closed|established|accepted|ended|lost|gone|stale|client|socket|\$?default|\bmessage'
        '|\breceived|\bsent|\bvia|\bhandler|\bpush|\bposting|\bpeer|\bat|\bws/\w+)'
                    '["''\]()!:= >-]{1,4}(' || uuid_pattern() || '|[A-Za-z0-9_-]{15,16}\b)')),
    first_of(prose, '^\W*(' || uuid_pattern() || ')\b'),
    -- an emulator's or a test's own id, under the field's full name: "connectionId=conn-12"
    first_of(prose, '(?i)\bconnection[ _-]?id["''\s:=#\[(<>-]{1,4}([a-z][a-z_-]*[0-9][\w-]*)')) END;

CREATE OR REPLACE MACRO names_connection(prose) AS regexp_matches(prose,
    '\bconnection (?:' || any_id_pattern() || '\b)|@connections/|(?:^|[^A-Za-z0-9_/+-])'
    || gateway_id_pattern());

-- Whether a text has words of another language, as far as they are known.
CREATE OR REPLACE MACRO is_foreign_language(said) AS regexp_matches(said, '[^\x00-\x7f]|(?i:' || getvariable('foreign_words') || ')');
CREATE OR REPLACE MACRO may_be_foreign(message) AS
    or_else(regexp_matches(message, '\\[nrtu]'), is_foreign_language(message));  -- (escapes hide its letters)
CREATE OR REPLACE MACRO in_english(said) AS said;  -- replaced when a line of another language is found (29_translation.sql)

-- Prose in one plain form: lower case, identifiers split into words, ids as @, the end of [tags] as |.
CREATE OR REPLACE MACRO plain_words(prose) AS
    replace(replace(replace(replace(regexp_replace(lower(
        regexp_replace(regexp_replace(regexp_replace(replace(regexp_replace(prose,
    '(?i)(\b(?:dis)?connect(?:ed|ion)?\s*[:=-]?\s+)' || bare_id_pattern()
    || '\b={0,2}|' || id_pattern() || '|' || uuid_pattern(), '\1@', 'g'), '(@)', ' @ '),
    '([a-z])([A-Z])', '\1 \2', 'g'),
    '\][:\s]*', ' | ', 'g'),
    ' ?[_\[]+| {2,}', ' ', 'g')),
    '\bconn\b', 'connection', 'g'), 'conect', 'connect'), 'dissc', 'disc'), 'wellcome', 'welcome'), 'recieve', 'receive');

-- ------------------------------------------------------------------------------------------ dumps of events

-- A dump from its request context on, if it has one: before that come headers and query, which the client controls. (A context that was cut
-- off before it names the connection tells less than a record's own fields before it.)
CREATE OR REPLACE MACRO context_of(dump) AS coalesce(
    first_of(dump, '(?is)request_?context\W+(.*(?:connection_?id.*|\}\s*$))'),
    first_of(dump, '(?is)\b(?:headers|query).*request_?context\W+(.*)'), dump);
-- A dump from within a string, with its quotation marks unescaped. (Bodies have been removed before.)
CREATE OR REPLACE MACRO without_escapes(dump) AS CASE WHEN contains(dump, '\"') THEN replace(dump, '\"', '"') ELSE dump END;

-- The connection id of a dump: under a name for it, quoted or with the look of an id (DynamoDB writes {"S": "X"} for "X"); as the id of an
-- object "connection"; in the path of a call on it; or, under any name, a value with API Gateway's look. (Message ids have it, too.)
CREATE OR REPLACE MACRO quoted_id() AS '["'']([A-Za-z0-9_%-]{3,}={0,2})["'']';
CREATE OR REPLACE MACRO connection_id_key() AS '(?i:\b(?:(?:\w*conn(?:ection)?|socket|ws|web_?socket)[_-]?id|conn))';
CREATE OR REPLACE MACRO id_of_dump(dump) AS coalesce(
    first_of(dump, '(?i)\bconnection[_-]?id' || bound() || quoted_id()),
    first_of(dump, '(?i)connection[_-]?id' || bound() || quoted_id()),  -- a sender's, for example
    first_of(dump, connection_id_key() || bound() || '(?:\{\s*["'']?S' || bound() || ')?["'']?('
                   || any_id_pattern() || ')'),
    first_of(dump, '(?:(?i:\b(?:connection|conn|socket)' || bound() || '\{\s*["'']?id)' || bound()
        || '["'']|(?:@|%40)connections/)([A-Za-z0-9_%-]{3,}={0,2})'),
    first_of(regexp_replace(dump, '(?i)message_?id' || bound() || '["'']?[\w-]+=*', '', 'g'),
             '(?:^|[^A-Za-z0-9_/+-])(' || gateway_id_pattern() || ')'));

-- The connection that was posted to, in a record that also has the id of the client whose request it is. (A "receiver" may be a user,
-- unless it looks like a connection id of API Gateway's.)
CREATE OR REPLACE MACRO recipient_words() AS '\b(?:target|recipient|receiver|destination|to|peer|other|stale|gone|dead|failed)';
CREATE OR REPLACE MACRO recipient_id_of(dump) AS coalesce(
    first_of(dump, '(?i)' || recipient_words() || '_?connection_?id' || bound() || quoted_id()),
    first_of(dump, '(?i:' || recipient_words() || '(?:_?ids?|_?connections?)?)' || bound() || '\[?["'']?(' || gateway_id_pattern()
                   || ')["'']?(?:\s*\]|[^,\]\w]|,\s*["'']?[A-Za-z_]+["'']?\s*[:=]|$)'));

-- The sentence with which a printed object begins, in Node.js or Python: { message: 'connected', connectionId: 'X' }; and that of a record
-- in Java and Ruby: {level=INFO, message=connected X}, {:level=>"info", :message=>"connected X"}.
CREATE OR REPLACE MACRO printed_message(rest) AS CASE
    WHEN starts_with(rest, '{level=') OR starts_with(rest, '{time')
    THEN first_of(rest, '^\{(?:(?:level|time|logger|thread)\w*=[^,{}\n]*, )+(?:message|msg)=([^{}\n]*)\}\s*$')
    WHEN starts_with(rest, '{:level=>') OR starts_with(rest, '{:time')
    THEN first_of(rest, '^\{(?::(?:level|time|logger)\w*=>"[^"\n]*", ?)+:(?:message|msg)=>"([^"\n]+)"')
    -- (An object that begins with a level is a logger's, whatever else it holds. Python puts double quotation marks around "l'envoi".)
    WHEN regexp_matches(rest, '^\{\s*[''"]?level[''"]?: [''"](?i:' || level_pattern() || ')[''"],\s*[''"]?(?:message|msg)[''"]?: [''"]')
    THEN coalesce(first_of(rest, '^[^,]+,\s*[''"]?\w+[''"]?: ''([^''\n]+)'''), first_of(rest, '^[^,]+,\s*[''"]?\w+[''"]?: "([^"\n]+)"'))
    WHEN and_then(
        regexp_matches(rest, '^\{\s*(?:[''"]?level[''"]?: [''"]\w+[''"],\s*)?[''"]?(?:message|msg)[''"]?: [''"]'),
        regexp_matches(rest, connection_id_key())
        AND NOT regexp_matches(rest, '(?i)\b(?:action|sender|from|user_?name|text|body|room\w*|type)[''"]?: '))
    THEN first_of(rest, '\b(?:message|msg)[''"]?: [''"]([^''"\n]+)[''"]') END;
-- The state that a logger's record names, or what was done: "connected", "closed", "welcome_sent".
CREATE OR REPLACE MACRO state_of(record) AS CASE
    WHEN regexp_matches(record, '"(?i:level|severity|lvl|log_?level)"\s*:') THEN first_of(record,
        '"(?i:(?:\w+_?)?(?:status|state)|action|op(?:eration)?|method|lifecycle|phase|step|type|ws_?event)"\s*:\s*"('
        '(?i:(?:(?:on|handle|client|user|ws|web_?socket|connection)[._:-]?)?(?:dis)?connect(?:ed)?'
        '|(?:connection[._:-]?)?(?:open(?:ed)?|closed?)|message'
        '|(?:(?:send|sent|post|push|deliver)[._:-]?)?(?:welcome|greeting)(?:[._:-]?[a-z]+){0,2}))"') END;
-- The same behind a label that says what the state belongs to: "connection event: {...}".
CREATE OR REPLACE MACRO state_of_labelled(w, object) AS CASE
    WHEN regexp_matches(w, '^\W*(?:connection|ws|web ?socket|socket) (?:event|state|status)\W*$')
    THEN first_of(object, '"(?i:type|state|status|kind|action)"\s*:\s*"((?i:(?:dis)?connect(?:ed)?|open(?:ed)?|closed?))"') END;
-- Whether words say only that a state is reported.
CREATE OR REPLACE MACRO says_state_alone(w) AS regexp_full_match(w,
    '\W*(?:(?:(?:state|status) (?:change[ds]?|updated?|transition)|lifecycle|event|ws|web ?socket|socket|connection'
    '|client|session|now|ok|done|handled)\W*)*');

-- A name such as "message.received", if there are no other words (a template may repeat it), or if only fields follow it.
CREATE OR REPLACE MACRO name_pattern() AS '([A-Za-z]+(?:[._:/-][A-Za-z]+)+)';
CREATE OR REPLACE MACRO name_alone(prose) AS first_of(prose, '^\s*' || name_pattern() || '(?:\n[\w.:/-]+)?\s*$');
CREATE OR REPLACE MACRO name_before_fields(prose) AS first_of(prose, '^\s*(?:\[[\w.-]+\]\s*|[\w-]+ --? )?' || name_pattern()
    || '(?:\s+(?:-+|\[[\w.]+\]|\{\}|connection [\w=-]+|\w+[:=] ?(?:""|[\w.=-]+|\{\})?))+\s*$');

-- What an event calls itself: eventType, event_type, event ...
CREATE OR REPLACE MACRO tag_of(dump) AS coalesce(
    -- (Go prints values without the names of their fields.)
    first_of(dump, '(?:(?i:\bevent_?type' || bound() || '["'']?)|\bmap\[[^\n]*? )(CONNECT|DISCONNECT|MESSAGE)\b'),
    first_of(dump, '(?i)\b(?:event|evt)(?:_?type|_?name|_?kind)?' || bound() || '["'']([\w$.:/ -]{3,40})["'']'),
    first_of(dump, '(?i)(?:^|\s)(?:event|evt)(?:_?type|_?name|_?kind)?=([\w$.:/-]{3,40})(?:\s|$)'),  -- logfmt
    first_of(dump, '(?:^|\s)(?:method|action|op)=((?:dis)?connect(?:ed)?)(?:\s|$)'),
    first_of(dump, '"type"\s*:\s*"((?:ws|websocket)[.:/_-]\w+)"'));
-- The handler that printed an object, if the object says nothing else.
CREATE OR REPLACE MACRO handler_of(dump) AS first_of(dump, '\b[Hh]andler' || bound() || '["'']((?:on)?(?i:(?:dis)?connect))["'']');
CREATE OR REPLACE MACRO route_of(dump) AS coalesce(
    first_of(dump, '(?i)\broute(?:_?key)?' || bound() || '["'']([$\w.-]+)["'']'),
    first_of(dump, '(?i)\broute(?:_?key)?' || bound() || '(\$\w+)'),
    first_of(dump, '(?i)\broute(?:_?key)?=([\w.-]+)(?:[\s;,&|)]|$)'));  -- logfmt
CREATE OR REPLACE MACRO status_of(dump) AS coalesce(
    first_of(dump, '(?i)\b(?:(?:http_?)?statu[st](?:_?code)?|http(?:_?code)?|estado|stato)' || bound() || '["'']?(\d{3})\b'),
    first_of(dump, '\b(?:code|c[oó]digo|codice)' || bound() || '["'']?([45]\d\d)\b'));
-- Whether a record is about a request to another service, which then gave the answer, or about something that is sent in another way.
CREATE OR REPLACE MACRO names_other_address(dump) AS
    and_then(regexp_matches(dump, '"(?i:url|uri|href|path)"\s*:\s*"(?:https?://|/)'
        '|"(?i:provider|channel|transport)"\s*:\s*"(?i:apns?|fcm|gcm|web_?push|webhook|sns|twilio|onesignal|e?mail'
        '|sms)"'),
             NOT regexp_matches(dump, '@connections|execute-api'));
-- The outcome that a record reports: in a word, or as true or false.
CREATE OR REPLACE MACRO outcome_of(record) AS coalesce(
    lower(first_of(record, '"(?i:status|outcome|result)"\s*:\s*"([A-Za-z]+)"')),
    CASE first_of(record, '"(?i:ok|sent|delivered|success\w*)"\s*:\s*(true|false)\b')
        WHEN 'true' THEN 'success' WHEN 'false' THEN 'failed' END);
CREATE OR REPLACE MACRO connected_at_of(dump) AS
    try_cast(first_of(dump, '(?i)connected_?at' || bound() || '(\d{13})\b') AS BIGINT);
CREATE OR REPLACE MACRO close_code_of(message) AS first_of(message, '(?i)disconnectStatusCode\W{1,6}(\d{4})\b');
CREATE OR REPLACE MACRO carries_gone(dump) AS regexp_matches(dump,
    '\b(?:[Cc]ode|type|stringValue'
    '|(?i:errors?|err|exc?|exception|failure|reason|cause|detail|result|outcome)(?:_?(?i:type|code|message|name|class))?'
    '|__type|GoneException)' || bound()
    || '(?:(?:\[\s*)?["'']?(?:[\w.:\\]+[.:\\])?GoneException\b|["'']An error occurred \(GoneException\))'
    '|"(?:outcome|result)"\s*:\s*"(?i:gone)"'
    '|\{:error, (?::gone\b|\{:\w+, 410\b)|\bsource: GoneException\b|\bService\(Gone\('  -- Elixir's and Rust's
    '|\bGoneException\(["'']An error occurred \(GoneException\)')
    -- (the name alone does not make it an error)
    OR and_then(regexp_matches(dump, '\bname' || bound() || '["'']?(?:[\w.]+\.)?GoneException\b'),
                regexp_matches(dump, '(?i)fault|stack|\berr(?:or)?s?\b|status_?code|\bstatus\b|metadata|\bmessage\b'));

-- Whether a dump is an event that looks like a connection's but is not: of HTTP requests, authorizers, MQTT, IoT presence, AppSync,
-- EventBridge, Amazon Connect, or MongoDB's own log.
CREATE OR REPLACE MACRO is_foreign_event(dump) AS regexp_matches(dump,
    '(?i)\bhttp_?method' || bound() || '["'']?(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD)\b|\bmethodArn\b'
    || '|\btype' || bound() || '["'']REQUEST["'']|\bhttp' || bound() || '\{|\bmqtt\b|\bprincipal_?identifier\b'
    '|\bclient_?initiated_?disconnect\b|\bgraphql_?api_?id\b'
    || '|\bappsync\b|\$aws/events/presence|"eventSource"\s*:\s*"(?:\w+\.amazonaws\.com|aws:\w+)"|\bcontact_?id\b'
    '|\bctx"\s*:\s*"(?:listener|conn\d+)"|^\{[^\n{]*["'']detail-type["'']\s*:');

-- ------------------------------------------------------------------------------------------ API Gateway's own logs

CREATE OR REPLACE MACRO clf_time_pattern() AS '\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}';

-- An event type or a route of API Gateway's own, as an access log has them for values.
CREATE OR REPLACE MACRO event_value_pattern() AS '(?:CONNECT|DISCONNECT|MESSAGE|CONNECTION_API|\$connect|\$disconnect|\$default)';
-- Whether a row is of an access log: it holds only fields (ids, address, time, status, event type, route), never two words in a row. Ids, a
-- browser's name, the path of a call on a connection, and a word that XML needs are removed first.
CREATE OR REPLACE MACRO access_fields(row) AS
    regexp_replace(row, id_pattern() || '|/@connections/\{\w+\}|["''(]?Mozilla/[^",|]*|<request id=', ' ', 'g');
CREATE OR REPLACE MACRO is_access_row(row) AS
    length(row) < 1000 AND regexp_matches(row, id_pattern()) AND NOT regexp_matches(row, '^[{(]|[^\x00-\x7f]'
        '|\b[A-Za-z_]{3,}=\w|[A-Z]{2,} [A-Z]{2,} (?:[A-Z]{2,}(?:[\s,;|]|$)|\[)')
    AND NOT regexp_matches(access_fields(row), '[a-z]{2,},? +[a-z]{2,}|[A-Za-z_]{3,}(?:: |=\w)|\{');
-- A row without the names that a stage gives its fields: "requestId=X eventType=CONNECT", "requestId: X, eventType: CONNECT". A logger's
-- line, which has a level or words, stays as it is.
CREATE OR REPLACE MACRO without_labels(row) AS CASE
    WHEN and_then(regexp_matches(row, '^[A-Za-z]\w*(?:=|: ?)\S') AND regexp_matches(row, gateway_request_id_pattern())
                  AND regexp_matches(row, '[=:] ?"?' || event_value_pattern() || '(?:["\s,;|]|$)'),
        regexp_full_match(row, '(?:[A-Za-z][\w.]*(?:=|: ?)(?:"[^"\n]*"|[^\s,;|"]+)(?:[\s,;|]+|$))+')
        AND NOT regexp_matches(row, '(?i)\b(?:level|lvl|severity|msg|message|logger)[=:]'))
    THEN regexp_replace(row, '(^|[\s,;|])[A-Za-z][\w.]*(?:=|: ?)', '\1', 'g') ELSE row END;
-- What a row holds beside its route: ids, an address, a time, numbers.
CREATE OR REPLACE MACRO access_values() AS
    '(?:[\s",;|\[\]-]|[\w-]{11}[CF][\w-]{3}=|\d{1,3}(?:\.\d{1,3}){3}|' || clf_time_pattern() || '|\b\d+\b)+';
-- What the row reports: an event type, a route, or a call on a connection (CONNECTION_API).
CREATE OR REPLACE MACRO access_row_event(row) AS CASE WHEN is_access_row(row) THEN coalesce(
    first_of(row, '(?:^|[\s",;|\[<>])(' || event_value_pattern() || ')(?:$|[\s",;:|\]<>])'),
    CASE WHEN regexp_matches(row, '\s/(?:[\w-]+/)?@connections\b') THEN 'CONNECTION_API'
         -- a route of the application itself, as the only word between the ids of a request and of a connection
         WHEN regexp_matches(row, gateway_id_pattern())
              AND regexp_full_match(row, access_values() || '\b[A-Za-z][A-Za-z_]{2,}\b' || access_values())
              AND regexp_matches(row, gateway_request_id_pattern())
         THEN 'MESSAGE' END) END;
CREATE OR REPLACE MACRO access_row_status(row) AS first_of(row, '(?:^|[\s,;|"''>])([1-5]\d\d)(?:$|[\s,;|"''<])');
CREATE OR REPLACE MACRO access_row_id(row) AS coalesce(
    first_of(row, '(?:^|[\s",;|''>\[=])(' || gateway_id_pattern() || ')(?:$|[\s",;:|''<\]])'),
    first_of(row, '/@connections/(' || id_pattern() || ')'),
    first_of(row, '^[A-Z]+[ :=]+([\w-]{6,}={1,2})$'));
-- Whether a row has what an application writes only among words: a request id, or a time in Apache's format.
CREATE OR REPLACE MACRO is_access_log_row(row) AS
    regexp_matches(row, gateway_request_id_pattern() || '|' || uuid_pattern() || '|' || clf_time_pattern());
-- The same for JSON or XML: a record of API Gateway's own variables, which is neither an event that contains them nor a logger's record.
-- (AWS requires the request id in every format; its own examples name the fields as the variables, but a stage may name them otherwise.)
CREATE OR REPLACE MACRO is_access_record(rest) AS
    and_then(regexp_matches(rest, '^\{|^<'), or_else(
        regexp_matches(rest, '(?i)["<]request_?time[">]|' || gateway_request_id_pattern())
        AND regexp_matches(rest, '(?i)["<](?:route_?key|event_?type)[">]')
        AND NOT regexp_matches(rest, '"(?:requestContext|level|severity|msg|logger|timestamp)"\s*:'),
        regexp_matches(rest, '"' || gateway_request_id_pattern() || '"')
        AND regexp_matches(rest, ':\s*"' || event_value_pattern() || '"')
        AND regexp_matches(rest, '(?i)"\w*status\w*"\s*:\s*"?(?:[1-5]\d\d\b|-")')
        AND NOT regexp_matches(rest, '"(?i:requestContext|_?(?:log_?)?level|lvl|severity|msg|message|logger)"\s*:')));
-- SST puts each value of such a record into quotation marks of its own, which JSON escapes: "eventType":"\"CONNECT\"".
CREATE OR REPLACE MACRO with_plain_values(rest) AS
    CASE WHEN regexp_matches(rest, '(?s)^\{.*"(?i:route_?key|event_?type)" ?: ?"\\"')
         THEN regexp_replace(rest, '"\\"([^"\\]*)\\""', '"\1"', 'g') ELSE rest END;

-- The sources of events, the best informed first: an event that several of them report counts once.
CREATE OR REPLACE MACRO function_log() AS 0;
CREATE OR REPLACE MACRO access_log() AS 1;
CREATE OR REPLACE MACRO execution_log() AS 2;

-- The request id of a line of an execution log, which reports each step of a request behind this id.
CREATE OR REPLACE MACRO execution_request_id(rest) AS
    first_of(rest, '^\((' || gateway_request_id_pattern() || '|' || uuid_pattern() || ')\) ');
-- Whether such a step says that the request was refused or failed.
CREATE OR REPLACE MACRO is_failed_step(rest) AS regexp_matches(rest,
    '(?i)\bstatus(?: code)?:? \[?[45]\d\d\b|^\(\S+ endpoint response body[^\n]*\bstatus_?code\\*"\s*:\s*"?[45]\d\d\b'
    '|execution failed|not authorized|\b(?:unauthorized|forbidden)\b|internal server error');
