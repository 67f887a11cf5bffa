-- What words say: the patterns (RE2: linear time on hostile lines) behind every signal.
-- They are grammar, not quotations: a pattern describes a way of speaking that many applications share.
-- `w` is prose in the plain form of parsing.sql: lower case, identifiers split into words, connection ids as @.

-- A line without any of this vocabulary is noise and is looked at no further.
CREATE OR REPLACE MACRO has_vocabulary(message) AS regexp_matches(message,
    '(?i)connect|gone|welcome|greet|receiv|\$default|websocket|(?:socket|\bws) (?:open|close)'
    '|(?-i:\bMESSAGE\b)|^\W*message\b|={1,2}\]?:? '
    -- 410 as a status only: ids, times and durations are full of it
    '|(?:http|status|code|returned|answered|response|error)[\W_]{0,8}(?:is |was |of |some\()?410\b'
    '|[(>=] ?410\b'
    '|(?:handl|process|unknown|ws|client|socket|incoming|inbound|new|got) ?(?:ing|es|ed)? (?:message|action|frame)');

-- Expressions that together match whatever has vocabulary, and more: for a service that looks for lines by itself, and may
-- know neither RE2's syntax, nor flags within an expression, nor agree on what ends a word.
CREATE OR REPLACE MACRO broad_patterns() AS [
    '(?i)connect|gone|welcome|greet|receiv|\$default|websocket|socket open|socket close|ws open|ws close|410|=\]?:? '
    '|^[^a-z0-9_]*message'
    '|(handl|process|unknown|ws|client|socket|incoming|inbound|new|got) ?(ing|es|ed)? (message|action|frame)',
    'MESSAGE|^START RequestId: |"platform\.start"|^INIT_START |"platform\.initStart"| Task timed out after '];

-- Connections to databases fill logs and are no client's: a line without other vocabulary is noise, too.
CREATE OR REPLACE MACRO database_connection() AS
    '(?i)\b(?:databases?|db|postgres\w*|mysql|sql|redis|dynamodb|mongo\w*)(?: \w+)? (?:re|dis)?connect(?:ed|ions?|ing)?\b'
    '|\bconnect(?:ed|ion|ing)? (?:to|with|from) (?:\w+ )?(?:databases?|db|postgres\w*|mysql|redis|dynamodb|mongo\w*)\b';
CREATE OR REPLACE MACRO has_own_vocabulary(message) AS CASE
    WHEN NOT has_vocabulary(message) THEN false
    WHEN NOT regexp_matches(message, database_connection()) THEN true
    ELSE has_vocabulary(regexp_replace(message, database_connection(), '', 'g')) END;

-- A line that uses these words and gave no signal may be one in a dialect that is not known yet: a near miss.
CREATE OR REPLACE MACRO uses_vocabulary(w) AS regexp_matches(w,
    '\bgone(?: exception)?\b|\b410 gone\b|\b(?:status|code|http)\W{0,3}410\b'
    '|\b(?:welcome|greeting)\b|\$(?:dis)?connect\b|\b(?:dis)?connect(?:ed)?\b'
    '|\b(?:connection|web ?socket|socket)\b[^a-z]*(?:\w+ )?(?:opened|established|closed|lost|dropped|terminated)\b');

-- ------------------------------------------------------------------------------------------ what a line is not

CREATE OR REPLACE MACRO is_failure(w) AS regexp_matches(w,
    '\b(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?|unable|could ?n[o'']t|can ?n[o'']t|can''t|not|no|without|invalid'
    '|missing|reject(?:s|ed|ing)?|refus(?:ed|ing)|denied|deny|unauthori[sz]ed|forbidden|timed ?out)\b');

-- Connections, greetings and errors of other services.
CREATE OR REPLACE MACRO is_elsewhere(w) AS
    (NOT contains(w, '@') AND regexp_matches(w, 'redis|postgres|my ?sql|mongo|\bsql\b|elasticsearch|opensearch'))
    OR regexp_matches(w,
    '\b(?:databases?|db|postgres\w*|my ?sql|sql|redis|dynamo ?db|mongo\w*|amqp|rabbit ?mq|elasticsearch|opensearch'
    '|cache|smtp|imap|ftp|ssh|tcp|tls|ssl|https?|grpc|rpc|upstream|backend|proxy|sse|slack|telegram|discord'
    '|vpc|vpn|network|internet|wifi|bluetooth|usb)(?: \w+)? (?:re|dis)?connect'
    '|connect(?:ed|ion|ing)? (?:to|with|from) (?:\w+ )?(?:databases?|db|postgres\w*|my ?sql|redis|dynamo ?db|mongo\w*'
    '|broker|upstream|elasticsearch|opensearch|cache|pool)\b'
    '|\b(?:database|db|protocol) ?[=:]|\b(?:pool|mqtt|kafka|broker|whats ?app|cosmos|prisma|knex|push subscription)\b');

CREATE OR REPLACE MACRO is_outbound(w) AS regexp_matches(w,
    '\b(?:sent|sends?|sending|broadcast\w*|post(?:ed|ing|s)?|push(?:ed|ing)?|deliver\w*|publish\w*|forward\w*|emit\w*'
    '|repl(?:y|ied|ying)|respond\w*|notif\w+|relay\w*|echo(?:ed|ing)?)\b');

-- Code, test output and statements of policy speak of errors that did not happen.
CREATE OR REPLACE MACRO is_hypothetical(prose) AS regexp_matches(prose,
    '\bexcept\b|\bcatch ?\(|\binstanceof\b|===|\bimport \w|logger\.\w+\(|console\.\w+\(|\$\{|%s'
    '|(?i:^\W*config\w*\W|^\W*settings\W|\bignor\w+ errors?\b|\b(?:when|if|whenever) [^\n]{0,60}(?:gone|410)\b)');

-- ------------------------------------------------------------------------------------------ connections

CREATE OR REPLACE MACRO says_connect(w) AS regexp_matches(w,
    '\bconnect(?:ion)? (?:event|route triggered|triggered|happen\w*|request\w*|received|attempt\w*|success\w*|accepted'
    '|established|opened|open|occurred|added|made|initiated|started|from|for)\b'
    '|\bconnection\b[^a-z]*(?:is |was |has been )?(?:now )?(?:accepted|established|opened|open|added)\b'
    '|\b(?:new|opened|incoming|established|accepted|accepting|open) (?:web ?socket |ws |client |socket )?connection\b'
    '|\bnew (?:web ?socket |ws )?(?:client|socket|peer)\b'
    '|\b(?:web ?socket|ws|socket) (?:is |was )?(?:now )?open(?:ed)?\b|\b(?:web ?socket|ws) connect\b'
    '|\b(?:client|user|peer) (?:@ |\{\} )?(?:has )?(?:joined|opened) (?:the |a )?(?:web ?socket|socket)\b'
    '|(?:^|@|\b(?:client|user|web ?socket|ws|socket|successfully|peer|device|player|customer|is|has|now'
    '|authenticated)\b)\W*(?:@ )?\bconnected\b'
    '|\bconnected (?:with|to|from|as)? ?(?:connection|@|the web ?socket|web ?socket)'
    '|^\W*(?:ws|web ?socket)?[ /:.-]*\$?connect(?:ing)?\W*(?:@|$|\||event|handler|connection)'
    '|\b(?:on|handling|handle|processing) ?connect\b|(?:^|[^.\w])\$connect\b(?: ?[^( ]|$| \w)')
    AND NOT regexp_matches(w,
    '\bconnected (?:clients|users|peers|connections|devices|players|sockets)\b'
    '|^\W*connection event ?: *\{\}'  -- a label: what the event is, it says itself
    '|\b(?:still|already|currently|you are|if) connected\b|\breconnect|\bstale\b|\bgone\b');

CREATE OR REPLACE MACRO says_disconnect(w) AS regexp_matches(w,
    '\bdisconnect(?:ion)? (?:event|route triggered|triggered|happen\w*|request\w*|received|occurred|completed?|handled'
    '|for|from|client|success\w*|@)'
    '|\b(?:on|processing|handling|handled|client|user|ws|socket) ?disconnect\b|\bdisconnected\b'
    '|^\W*(?:ws|web ?socket)?[ /:.-]*\$?disconnect(?:ed|ion)?\W*(?:@|$|\||event|handler|connection)'
    '|(?:^|[^.\w])\$disconnect\b(?:[^(]|$)'
    '|\b(?:connection|web ?socket|ws|socket|session)\b[^a-z]*(?:was |has been |is )?(?:closed?|terminated|ended)\b'
    '|\b(?:client|user|peer|web ?socket|socket) ?(?:@ )?(?:client )?(?:has )?'
    '(?:left|hung up|closed (?:the |its )?(?:connection|socket))\b')
    AND NOT regexp_matches(w,
    '\b(?:mark\w*|set|flag\w*|status|trigger\w*|will be|already|about to)\b[^\n]*disconnect|already closed|\bstale\b'
    '|\bleft (?:the )?(?:room|channel|group|chat)');

-- ------------------------------------------------------------------------------------------ inbound messages

-- Inbound even where the line goes on to speak of sending.
CREATE OR REPLACE MACRO says_received(w) AS regexp_matches(w,
    '\bmessage from (?:client|connection|@)|\bunknown (?:message|action|route|command)');

CREATE OR REPLACE MACRO says_message(w, dump) AS regexp_matches(w,
    '\b(?:message|msg|frame) (?:event|received|from)\b'
    '|\b(?:messages?|msg|frame) (?:was |successfully |has been )*received\b'
    '|\b(?:received|receiving|incoming|inbound|got|handling|handle|processing|on|new) '
    '(?:an? |new |web ?socket |ws |client |user |chat |text |inbound )*(?:message|msg|frame)\b'
    '|^\W*(?:ws |web ?socket )?(?:message|msg)\s*:\s*(?:@|$|\{)|\b(?:ws|web ?socket|socket) message\b'
    '|\breceived (?:an? )?(?:unknown |new )?(?:route|action|command|request on|data from)\b'
    '|\bdefault route\b|\broute\W{0,3}\$default|\$default\b(?:[^(]|$)|^@ ?: |^\W*@\W+says\b')
    OR (regexp_matches(w, '^\W*received \w+ ?:') AND regexp_matches(dump, '(?i)["'']?action["'']?\s*:'));

-- ------------------------------------------------------------------------------------------ welcome messages

CREATE OR REPLACE MACRO says_welcome(w) AS regexp_matches(w, '\b(?:welcome|greetings?)\b')
    AND NOT regexp_matches(w,
    '\bwelcome (?:to (?:the|our|my|this)|back)\b|\bwelcome (?:screen|page|tour|modal|banner|series|flow|mail)\b'
    '|\be-?mails?\b|\bsms\b|\bwhats ?app\b|\bslack\b|\btelegram\b|\+\d{6}|\bchannel\b'
    '|\b(?:sql|smtp|ftp|ssh|imap) greeting');

CREATE OR REPLACE MACRO says_failed(w) AS regexp_matches(w,
    '\b(?:errors?|fail\w*|exceptions?|unable|could ?n[o'']t|can ?n[o'']t|can''t|problem|undeliver\w*'
    '|not (?:be )?(?:sent|delivered|posted)|dropped|giving up)\b');

CREATE OR REPLACE MACRO says_again(w) AS regexp_matches(w,
    '\b(?:re-?try|retrying|re-?send|resending|re-?attempt(?:ing)?|try(?:ing)? again)\b|\battempt \W*(?:[2-9]|\d\d)\b')
    AND NOT regexp_matches(w, '\bafter \d+|\bgiving up\b|\bno more\b|\bexhausted\b|\bwithout retry')
    AND (says_failed(w) OR NOT regexp_matches(w,
    '\b(?:sent|delivered|posted|pushed|succeeded|successfully)\b[^\n]*\b(?:attempt|re-?try)\b'));

CREATE OR REPLACE MACRO says_done(w) AS regexp_matches(w,
    '\b(?:sent|delivered|succe(?:eded|ss\w*)|posted|pushed|acknowledged)\b');

-- ------------------------------------------------------------------------------------------ GoneException

CREATE OR REPLACE MACRO has_connection_context(w) AS regexp_matches(w,
    '@|\bconnections?\b|\bweb ?sockets?\b|\bws\b|\bapi ?gateway|\bapigw|\bpost ?to ?connection'
    '|\bpost(?:ing)? (?:to|message)|\bsend(?:ing)? (?:to|message)');

-- A 410 by its name or number: an SDK's exception (some print nothing after it), or a status.
CREATE OR REPLACE MACRO names_gone(w, has_context) AS
    regexp_matches(w,
    '\bweb ?socket ?disconnected ?error\b|\bunknown ?error: 410\b'
    '|(?m)\bgone ?exception\W*(?:unknown ?error|410|null|gone)?\W*$')
    OR (has_context AND regexp_matches(w,
    '\bgone ?exception\b|\b410\W{0,2}gone\b|\bhttp ?410|\(410\)|[>=] ?410\b|\bunknown ?error\W+410'
    '|\b(?:status|code|http|returned|answered|response|error)(?: ?code)?\W{0,3}(?:is |was |of )?410\b'));

-- The same in words, often right after the error itself.
CREATE OR REPLACE MACRO words_gone(w) AS regexp_matches(w,
    '\b(?:connection|client|socket|peer|recipient)(?: id)?[^a-z]*(?:(?:is|was|has|are|already|now|appears?) )*'
    '(?:gone|no longer (?:exists?|available|connected|valid|open|active|reachable|there))\b'
    '|\bgone (?:connection|client|socket)\b|\bconnection already closed\b|^\W*gone ?[-:,;]');

-- ------------------------------------------------------------------------------------------ structured events

-- What an event's own name or route says.
CREATE OR REPLACE MACRO kind_of_tag(tag, route, connection_id) AS CASE
    WHEN regexp_full_match(tag,
         '(?:on|handle|ws|web ?socket|client|user|connection|socket|session|[ .:/$-])*'
         '(?:disconnect(?:ed|ion)?|closed?|terminated)(?: (?:event|received|completed?|success\w*))?')
         THEN 'disconnect'
    WHEN regexp_full_match(tag,
         '(?:on|handle|ws|web ?socket|client|user|connection|socket|session|new|[ .:/$-])*'
         '(?:connect(?:ed|ion)?|open(?:ed)?|established|accepted)(?: (?:event|received|completed?|success\w*))?')
         THEN 'connect'
    WHEN regexp_full_match(tag,
         '(?:on|handle|ws|web ?socket|client|user|connection|inbound|incoming|[ .:/$-])*'
         '(?:message|msg)(?:[ .:/-](?:event|received|in))?') THEN 'message'
    WHEN regexp_full_match(tag,
         '(?:ws|web ?socket|client|connection|post|[ .:/$-])*gone(?: exception| error)?') THEN 'gone'
    WHEN tag = 'connection api' THEN NULL  -- a call on a connection, in an access log
    WHEN route IN ('$connect', '$disconnect') THEN route[2:]
    WHEN route = '$default' OR (route IS NOT NULL AND connection_id IS NOT NULL) THEN 'message' END;
