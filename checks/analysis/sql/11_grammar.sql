-- The grammar: the patterns behind every signal, which tell what words say (RE2: linear time, even on hostile lines).
-- A pattern is not a quotation: it describes a way of speaking that many applications share.
-- `w` is prose in the form of plain_words() (10_parsing.sql): lower case, identifiers split into words, connection ids as @.

-- Why a function turns a client away: something is wrong with what the client presented, or it may not come in.
CREATE OR REPLACE MACRO refusal_words() AS
    '\b(?:no|invalid|missing|expired|malformed|bad|wrong)(?: \w+){0,2} (?:token|jwt|credentials?|api ?key|signature|ticket|password)\b'
    '|\b(?:token|jwt|credentials?|api ?key|signature|ticket|password|auth\w*'
    '|session(?: cookie)?)(?: \w+){0,3} (?:invalid|missing|expired|malformed|mismatch|failed|rejected|refused)\b'
    '|\b(?:could not|couldn''t|cannot|can''t|failed to|unable to) (?:verify|validate|authenticate|authori[sz]e|decode)\b'
    '|\b(?:banned|un(?:authori[sz]ed|authenticated)|not (?:authori[sz]ed|authenticated))\b|\breturn(?:ing|ed|s)? \W*(?:40[13]|50[0-4])\b';

-- A line without any of this vocabulary is noise, and is not analysed further.
CREATE OR REPLACE MACRO english_vocabulary() AS
    '(?i)conn?ect|gone|well?come|greet|rec(?:ei|ie)v|\$default|route[ _]?key|websocket|(?:socket|\bws) (?:open|close)'
    '|\bws/(?:default\b|\w+: )|\bstale\b'
    '|(?-i:\bMESSAGE\b)|^\W*message\b|message from'
    -- 410 only as a status: ids, times and durations are full of it
    '|(?:http|status|code|returned|answered|response|error|failed)[\W_]{0,8}(?:is |was |of )?410\b|http410'
    '|forbidden|access denied|' || refusal_words() || '|status_?code["'']?: ?["'']?[45]\d\d\b'
    '|(?:[(>=]|→) ?410\b|\b(?:got|with) (?:a )?410\b'
    '|(?:handl|process|recogni[sz]|unknown|invalid|unsupported|ws|client|socket|incoming|inbound|new|got) ?(?:ing|es'
    '|ed|a)? (?:message|action|frame)'
    '|\b(?:handle|process|on|send)_?message\b|\bmessage (?:handler|arrived)|\bsent an? message|\bdefault (?:route|handler)'
    -- a connection id by its look, or a request id at the beginning of a line of an execution log
    '|(?-i:' || gateway_id_pattern() || '|={1,2}\]?:? |^\([\w-]{11}F)'
    -- what a runtime says of an invocation that failed
    '|\t(?:invoke error|uncaught exception|unhandled promise rejection)\b|^[\d/]{10} [\d:]{8} \{"errormessage":';
CREATE OR REPLACE MACRO has_vocabulary(message) AS regexp_matches(message, english_vocabulary() || '|' || getvariable('foreign_signals'));

-- Expressions that together match every line with vocabulary, and more. They are for a service that searches for lines itself: it may not
-- know RE2's syntax or flags within an expression, and may not agree on what ends a word.
CREATE OR REPLACE MACRO broad_patterns() AS [
    '(?i)conn?ect|gone|well?come|greet|rec(ei|ie)v|\$default|route.?key|websocket|socket open|socket close|ws open'
    '|ws close|ws/|410|stale|unauth|not auth|banned|forbidden|access denied|return[a-z]* .?.?.?(40[13]|50[0-4])'
    '|status_?code.?.?.?.?[45][0-9][0-9]|=\]?:? |^[^a-z0-9_]*message|message from'
    '|(handl|process|recogni[sz]|unknown|invalid|unsupported|ws|client|socket|incoming|inbound|new|got) ?(ing|es|ed'
    '|a)? (message|action|frame)|(handle|process|on|send)_?message|message (handler|arrived)|sent an? message'
    '|default (route|handler)',
    '(?i)(no|invalid|missing|expired|malformed|bad|wrong) .*(token|jwt|credential|api ?key|signature|ticket|password)'
    '|(could ?n.t|can ?not|can.t|failed to|unable to) (verify|validate|auth|decode)'
    '|(token|jwt|credential|api ?key|signature|ticket|password|auth|session).* (invalid|missing|expired|malformed'
    '|mismatch|failed|rejected|refused)',
    'MESSAGE|[A-Za-z0-9_-]{11}C[A-Za-z0-9_-]{3}=|[A-Za-z0-9_-]{11}C[A-Za-z0-9_-]{6}==|^\([A-Za-z0-9_-]{11}F'
    '|^START RequestId: |"platform\.start"|^INIT_START |"platform\.initStart"| Task timed out after ',
    '(?i)conex|conect|verbind|verbund|getrennt|connexion|mensaje|mensagem|nachricht|bienven|vindas|willkommen'
    '|r.ception d',
    '接続|切断|受信|メッセージ|ようこそ|연결|접속|수신|메시지|메세지|환영|连接|連接|连线|連線|断开|斷開|断线|斷線|下线|下線|上线|上線|离线|離線|消息|訊息|欢迎|歡迎',
    'Invoke Error|Uncaught Exception|Unhandled Promise Rejection|^\[ERROR\] |"errorMessage"'
    '|^REPORT RequestId: .*Status: |"platform\.report"'];

-- Connections to databases fill logs and are not a client's: a line about them, in English and without other vocabulary, is noise, too.
CREATE OR REPLACE MACRO database_connection() AS
    '(?i)\b(?:databases?|db|postgres\w*|mysql|sql|redis|dynamodb|mongo\w*)(?: \w+)? (?:re|dis)?connect(?:ed|ions?|ing)?\b'
    '|\bconnect(?:ed|ion|ing)? (?:to|with|from) (?:\w+ )?(?:databases?|db|postgres\w*|mysql|redis|dynamodb|mongo\w*)\b';
CREATE OR REPLACE MACRO is_of_databases_alone(message) AS
    and_then(contains(lower(message), 'connect'),  -- (which is faster to test)
    and_then(regexp_matches(message, database_connection()),
    NOT regexp_matches(regexp_replace(message, database_connection(), '', 'g'), english_vocabulary())));

-- What a library for HTTP, a database or a broker says of its own connections, recognised by the name of its logger. Within a client's
-- request, its records may have the client's id, too. (Its exceptions, whose names begin with a capital, are logged by the application.)
-- A tracer's spans repeat the event that the application handles.
CREATE OR REPLACE MACRO is_of_library(message) AS or_else(regexp_matches(message,
        '(?:^|\t)\[LUMIGO_LOG\] |(?:^|\t)\{"(?:traces": ?\[\[|resourceSpans": ?\[)\{'
        '|\b(?:hyper|hyper_util|h2|rustls|reqwest|tower|sqlx|tokio_postgres|tungstenite|lapin|rumqttc|rdkafka)(?:::[a-z_\d]+)+: '
        '|\b(?:(?:urllib3|paramiko|pika|websockets|httpcore|aiokafka|slack_sdk|telethon)(?:\.[a-z_\d]+)+'
        '|kafka\.(?:conn|client|cluster|coordinator|consumer|producer)(?:\.[a-z_\d]+)*|discord\.(?:gateway|client|http)'
        '|sqlalchemy\.(?:pool|engine)(?:\.\w+)*)(?: |:|\])'
        '|\b(?:o\.a\.(?:k|z|kafka|tomcat\.jdbc)|org\.apache\.(?:kafka|zookeeper|tomcat\.jdbc)|org\.mongodb\.driver|com\.zaxxer'
        '|io\.lettuce|i\.l\.core|quickfix)\.[\w.$]+ +[:-] '),
    and_then(starts_with(message, '{') OR contains(message, '{"'), regexp_matches(message,
        '"(?i:target|logger(?:_?name)?|module|category|source_?context)"\s*:\s*"(?:hyper|hyper_util|h2|rustls|reqwest'
        '|tower|sqlx|tokio_postgres|lapin|rumqttc|urllib3|httpx|httpcore'
        '|requests|aiohttp|asyncpg|redis|ioredis|pymongo|sqlalchemy|kafkajs|aiokafka|pika|paramiko|telethon'
        '|discord\.(?:gateway|client)|org\.apache\.(?:http|kafka|zookeeper)|org\.mongodb\.driver|io\.lettuce|io\.netty|reactor\.netty'
        '|okhttp3?|com\.zaxxer|software\.amazon\.awssdk\.http'
        '|System\.Net\.Http)(?:[.:][\w.:]*)?"|"name"\s*:\s*"newrelic(?:_bootstrap)?"')));
-- A value for a monitoring system: a line of StatsD, Datadog or Prometheus, or a record in CloudWatch's embedded metric format.
CREATE OR REPLACE MACRO is_metric(message) AS regexp_matches(message,
    '(?:^|\t)(?:MONITORING\|\d|[\w.-]+:[\d.]+\|(?:c|g|ms|h|s|d)\b|\w+_(?:total|count|sum|bucket)(?:\{[^}\n]*\})? [\d.]+\s*$'
    '|\{"m": ?"[^"]*", ?"v": ?[\d.-]+, ?"e": ?\d)')
    OR and_then(contains(message, '"CloudWatchMetrics"'), NOT regexp_matches(message, '"(?:message|msg|level)"\s*:'));

-- ------------------------------------------------------------------------------------------ who it is about

-- Names for a connection of the WebSocket API: its id, a word for a client, API Gateway's own words.
CREATE OR REPLACE MACRO client_words() AS
    '(?:client|user|peer|socket|web ?socket|ws|session|device|player|customer|member|participant|visitor|viewer|guest|host|agent|browser'
    '|subscriber|listener|spectator|bidder|trader|buyer|seller|patient|doctor|courier|passenger|collaborator|attendee'
    '|moderator|streamer|contestant|opponent|kiosk|dashboard|editor|driver|rider|operator|student|teacher|robot'
    '|terminal|person|somebody|someone)s?';
-- Words for clients whose number or list a line gives: "connected clients: 5".
CREATE OR REPLACE MACRO plural_client_words() AS '(?:clients|users|peers|connections|devices|players|sockets)';
-- The words before an id: "WebSocket client", "client with id".
CREATE OR REPLACE MACRO client_with_id() AS '(?:connection|' || client_words() || ')(?: connection'
    '| ' || client_words() || ')?(?: with (?:connection )?(?:id\W+)?)?';
CREATE OR REPLACE MACRO names_client(w) AS
    or_else(contains(w, '@'), regexp_matches(w, '\b' || client_words() || '\b|\$(?:dis)?connect\b|\$default\b'
        '|\bapi ?gateway\b|\bevent type\b|\broute key\b'));
-- What a client joins and leaves while it stays connected.
CREATE OR REPLACE MACRO place_words() AS
    '(?:room|channel|group|lobby|game|match|team|party|meeting|document|board|table|conversation|topic|project|file|queue)';
-- Devices that a user plugs in; and ICE, by which their calls are set up.
CREATE OR REPLACE MACRO peripheral_words() AS '(?:mic|microphone|headset|headphones|webcam|keyboard|mouse|game ?pad|ice)';
-- Whether a line names a connection by its id: among its fields, or in its words.
CREATE OR REPLACE MACRO names_id(w, has_id) AS has_id OR contains(w, '@');
-- Whether a line says nothing but the event itself: "connected!", "on connect", "connect event received".
CREATE OR REPLACE MACRO is_bare(w) AS and_then(regexp_full_match(w,
    '\W*(?:event ?[:=] ?)?(?:(?:got|successfully|now|new|on|the|in|inside|entering|executing|running|handle|handling'
    '|start(?:ing)?|end(?:ing)?|processing|received?) )*(?:dis)?connect(?:ion|ed|ing)?'
    '(?:[ |:-]+(?:is |was |has been )?(?:event|handler|received|triggered|opened|open|established|accepted|closed?|completed?|invoked'
    '|called|hit|fired|entered|function|method|lambda|route|request\w*|occurr?ed|success\w*|start(?:ed)?))*\W*')
    , NOT regexp_matches(w, '\bhas been established'));  -- Sequelize says this of a database

CREATE OR REPLACE MACRO is_failure(w) AS regexp_matches(w,
    '\b(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?|unable|(?:could|can) ?n[o'']t|can''t|not|no|without|invalid'
    '|missing|reject(?:s|ed|ing)?|refus(?:ed|ing)|denied|deny|unauthori[sz]ed|forbidden|timed ?out)\b');

-- The words without a reason: why a connection ended (in the line or in a record's field), or what it came without, is not a failure here.
CREATE OR REPLACE MACRO without_reason(w) AS
    regexp_replace(regexp_replace(w, '(\b(?:disconnected|closed|left|ended)(?: @)?) ?\([^()\n@]*\)', '\1'),
        '(?:(\b(?:disconnect\w*|lost|closed|dropped)\b[^\n]*?\b(?:reason|cause)\b'
        '|\bdisconnected (?:with|due to|because of|after|before|while|on|but)\b'
        '|\b(?:disconnected|closed)(?: @)?: ?(?:\d{4}\b|client-side)|\b(?:disconnect(?:ed)?|closed|ended)\b[^\n]*\n)'
        '|(@|\bdisconnected) without\b)[^\n]*', '\1\2');

-- The words without data stores: a place for rows is not the other side of a connection ("client connected, saved to redis").
CREATE OR REPLACE MACRO without_stores(w) AS regexp_replace(w,
    '\b(?:sav|stor|add|insert|writ|put|persist|record|updat|remov|delet|clean)\w*(?: [\w@]+){0,3} (?:to|in|into|on|from) (?:\w+ )?'
    '(?:databases?|db|dynamo ?db|redis|valkey|mongo\w*|postgres\w*|my ?sql|(?:elasti ?)?cache|s3|sqs)\b', '', 'g');

-- For lines without an id: whether they name another side than a client: a service, a host or URL that is connected to, or a client of
-- something ("LaunchDarkly client").
CREATE OR REPLACE MACRO names_other_side(w) AS or_else(regexp_matches(without_stores(w),
    '\b(?:' || getvariable('named_services') || '|protocol ?[=:]|pool|rtc|web ?rtc'
    '|(?:rtc ?)?peer connection (?:state|closed|failed|(?:dis)?connected|for)|ice connection)\b|\bwss?://'
    '|\bconnect(?:ed|ion|ing)? (?:to|with) (?:\S+ )?(?:\S+://|[\w-]+\.[\w.-]+|[\w.-]+:\d+)'
    '|\bconnection (?:established|opened) (?:to|with) (?:the |remote )*(?:host|server|endpoint)\b'
    '|\bport \d+\b|\bto \+\d{6}|\bchannel #[a-z]|\bbroken pipe\b|\bclosed before the connection\b'
    '|\b\d{1,3}(?:\.\d{1,3}){3}:\d{4,5}\b|\b(?:producer|consumer|admin client) client id\b'
    '|^\W*(?:dis)?connected (?:to|from|with) (?:[\w.-]+ ){0,3}server\b'
    '|\bdisconnected from (?:\S+ )?(?:\S+://|[\w-]+\.[\w.-]+|[\w.-]+:\d+)'), or_else(and_then(contains(w, 'connected'),
    and_then(regexp_matches(w, '^\W*(?:(?:successfully|now|web ?socket|ws|socket) )*connected (?:to|with) \w'),
        NOT regexp_matches(w, '\bconnected (?:to|with) (?:[\w-]+ ){0,2}(?:web ?socket|socket|ws|api|chat|room|channel'
            '|lobby|game|client|user|connection)s?\b'))
    OR and_then(regexp_matches(w, '^\W*(?:[\w.-]+ ){1,2}(?:client|session) (?:is |was |has )?(?:re|dis)?connected\b'),
        NOT regexp_matches(w, '\b(?:an?|the|new|another|this|one|first|web|chat|mobile|desktop|ios'
        '|android|remote|anonymous|authenticated|unauthenticated|admin|test|event|handler|game|lobby|room|trading|' || client_words()
        || ') (?:client|session)\b'))),
    -- or a socket with a name of its own ("Infura WebSocket connected"), unless the name is a word for what an application serves
    and_then(contains(w, 'socket') OR contains(w, ' ws '), NOT regexp_full_match(regexp_extract(w,
        '^\W*(?:[\w.-]+ )??([\w.-]+) (?:web ?socket|ws|socket)(?: connection)? (?:is |was |has |been '
        '|now )*(?:(?:re|dis)?connected|open(?:ed)?|closed|established|lost)\b', 1),
        '|\d+|an?|the|this|our|my\w*|your|new|another|first|web|raw|secure|plain|' || client_words() || '|chat|game'
        '|room|lobby|notifications?|admin|live|real-?time|presence|trading'
        '|auction|bidding|collab\w*|document|api|apigw|gateway|lambda|serverless|aws|handlers?|events?|message'
        '|messaging|info|warn|debug|io ?t|public|private|main|default|existing|success\w*'
        '|on|handle[ds]?|handling|after|incoming|inbound|accepted|opened|established|mobile|app|anonymous'
        '|authenticated|remote|front-?end|connection|orders?|alerts?|logs?|progress|status|updates?'
        '|stream(?:ing)?|voice|audio|video|ai|bot|assistant|graphql|sync|demo|test|prod|dev|staging|stage|backend|server'))));

-- A connection that the function opens: one that an unnamed library reports, one to a URL or to a host and port, or one that is opened
-- again. (A server never connects to its client.)
CREATE OR REPLACE MACRO is_from_here(w) AS or_else(regexp_matches(w,
    '\bsocket\.socket\b|\bstack terminated\b|\(connection forced\)|\bopen ssh\b|\bmessages from a new connection\b'),
    and_then(regexp_matches(w,
    '\b(?:attempt\w*|try\w*|start\w*) (?:an? |to )?(?:automatic\w* )?re-?connect|[.,;:(-] ?re-?connecting(?: in\b| after\b|\W*$)'
    '|\b(?:connected|connection) to (?:\S+ ){0,2}(?:[a-z]+://\S|[\w.-]*[a-z][\w.-]*:\d{2,5}\b)|\bconnection to host\b'),
    NOT regexp_matches(w, '\b(?:client|user|player|peer|device|browser|viewer|guest|customer)s?\b'
        '|\b(?:reject|refus|den(?:y|ied)|unauth)')));

-- The words with each service's name as §. With the names in each expression that knows services, DuckDB would prepare them ten times.
CREATE OR REPLACE MACRO with_services_marked(w) AS regexp_replace(w, '\b(?:' || getvariable('services') || ')\b', '§', 'g');

-- Whether a line is about connections, greetings or errors of other services, or about WebSockets that the function opens itself.
CREATE OR REPLACE MACRO is_elsewhere(w, marked, has_id) AS or_else(and_then(contains(marked, '§'), regexp_matches(marked,
    '§:?(?:(?: [\w.§-]+){0,2}(?: for @)?(?: |::)(?:re-?|dis)?connect(?:ed|ions|ing|s)?\b|(?: |::)(?:re-?|dis)?connection\b'
    '|(?: [\w.§-]+){1,2} (?:re-?|dis)?connection(?:[^\w ]| [^@]|$))'
    '|\b(?:(?:re-?)?connect(?:ed|ions?|ing|s)? (?:to|with)|disconnect(?:ed|ing|s)? from) (?:[\w.§-]+ ){0,2}§'
    '|§ (?:server |service |client |live |agent |realtime |voice )?'
    '(?:(?:web ?)?(?:socket|session|stream)|ws|client|channel|dialog|subscri(?:ption|ber)|adapter)s? '
    '(?:for @ )?(?:is |was |has |been )*(?:re-?|dis)?(?:connect|open|clos|start|end|terminat|lost|drop)'
    '|^\W*§ \| (?:stream|consumer|producer|subscription) (?:is |was )?(?:re-?|dis)?(?:connect|clos)')), or_else(regexp_matches(w,
    '^\W*= connection is\b|\b(?:database|db) ?[=:]|\blog: +connection (?:received|auth)'
    '|\bconnection (?:received|authorized|authenticated): (?:host|user|identity)\b'
    '|\b(?:mqtt|kafka|broker|(?:web ?)?rtc|whats ?app|cosmos|prisma|knex|push (?:subscription|notification)s?'
    '|keep-?alive connection'
    '|(?:ai|agent|model|assistant|inference|speech|transcription|recording) session'
    ' (?:(?:for|of) (?:connection )?@ )?(?:is |was |has |been )*'
    '(?:open|clos|start|end|creat|terminat|finish|expir)\w*|client [\w.-]+ closed its connection'
    '|starting new (?:https? )?connection|sse|server-sent'
    '|upstream (?:respon\w+|returned|answered|status)'
    -- messages of libraries that do not name themselves: WebRTC, clients of MQTT, Discord and WebSockets, Python's database drivers
    '|ice connection|peer connection state|session present|(?:dis)?connected with result code|shard (?:id )?(?:none|#?\d+) (?:has |is '
    '|was )*(?:re-?|dis)?connected|(?:interface|operational) error: (?:ssl )?connection (?:is |has been |already )*closed'
    '|pooled connection|unexpected server response'
    '|web ?socket (?:connection closed|bad status) exception'
    '|(?:up-?load|download|recognition|check-?out|payment|log-?in|sign-?in|cart|orm) session (?:is |was |has been )*'
    '(?:open|clos|start|end|creat|terminat)\w*'
    '|^\W*(?:get|post|put|patch|delete|head|options) /[\w./-]* [1-5]\d\d|web ?push|apns|fcm|webhooks?)\b'),
    and_then(NOT regexp_matches(w, '(?:^|[\W_])@'), or_else(is_from_here(w), and_then(NOT has_id, names_other_side(w))))));

-- Whether a record names a service in its fields, as its logger or as what it connects to: few words may not say what it is about.
CREATE OR REPLACE MACRO service_parts() AS '(?i:redis|valkey|memcache|mongo|mysql|postgres|sqlalchemy|type_?orm|prisma'
    '|sequelize|knex|hikari|jdbc|kafka|rabbit'
    '|amqp|nats|mqtt|elastic|opensearch|urllib|httpx|boto|grpc|ldap|smtp)';
CREATE OR REPLACE MACRO has_service_field(record) AS regexp_matches(record,
    '"(?i:logger(?:_?name)?|component|module|scope|category|target|source_?context|subsystem)"\s*:\s*"[^"]*' || service_parts()
    || '|"(?i:db|database|dsn|broker)"\s*:|"port"\s*:\s*"?\d'
    '|"(?i:host|url|uri|addr|address|endpoint|peer|server)"\s*:\s*"(?:[^"]*(?:://|[A-Za-z][\w.-]*:\d|'
    || service_parts() || '))');

-- Whether a line is about sending. (The action that a client asks for may itself be to send.)
CREATE OR REPLACE MACRO is_outbound(w) AS regexp_matches(
    regexp_replace(w, '\b(?:action|route(?: key)?|type|command|op|method)\W{1,3}(?:send|broadcast|post|publish|push'
        '|notify|echo|relay|forward|reply|alert)\b|^\W*send ?message \||\bdisconnected: (?:sent|received'
        '|no close frame)\b[^\n]*'
    '|\b(?:dis)?connected(?: @)? ?[,;] (?:notify|broadcast|inform|alert)ing\b[^\n]*'
    '|^\W*(?:relay|push|notif\w+|broadcast\w*|publish\w*|emit\w*|echo|alert\w*|post) \|[^\n]*\b(?:dis)?connected\b', ''),
    '\b(?:sent|sends?|sending|broadcast\w*|post(?:ed|ing|s)?|push(?:ed|ing)?|deliver\w*|publish\w*|forward\w*|emit\w*'
    '|repl(?:y|ied|ying)|respond\w*|notif\w+|inform(?:ed|ing|s)?|tell(?:ing|s)?|told|alert(?:ed|ing|s)?|relay\w*'
    '|echo(?:ed|ing)?|outbound|outgoing)\b');

-- A line that uses these words but gave no signal may be in a dialect that is not known yet: a near miss.
CREATE OR REPLACE MACRO uses_vocabulary(w, names_client, is_outbound) AS or_else(and_then(regexp_matches(w,
    '\bgone\b|\b(?:status|code|http)\W{0,3}410\b|\b(?:welcome|greeting)\b'),
    NOT regexp_matches(w, '\b(?:welcome|greeting)(?: message)? (?:was |has |been )*already\b|\bskip\w* (?:the )?(?:welcome|greeting)\b'
        '|^\W*status code: 410,\W*$')),  -- how an error of Go's SDK ends, before the request's id, as an event of its own
    and_then(regexp_matches(w,
    '\b(?:dis)?connect(?:ed)?\b'
    '|\b(?:connection|web ?socket|socket)\b[^a-z]*(?:\w+ )?(?:opened|established|closed|lost|dropped|terminated)\b'),
    names_client AND NOT is_outbound
    AND NOT regexp_matches(w, '\b(?:dis)?connected (?:' || plural_client_words() || '|(?:to|from) (?:the )?' || place_words() || ')\b')));

-- Whether a line is understood but gives no signal: keeping a table of connections, looking into it, what an authorizer says.
CREATE OR REPLACE MACRO says_housekeeping(w) AS regexp_matches(w,
    '\b(?:stor(?:ed|ing|es?)|sav(?:ed|ing|es?)|insert(?:ed|ing|s)?|register(?:ed|ing|s)?|persist\w*|put'
    '|add(?:ed|ing|s)?|record(?:ed|ing|s)?'
    '|updat(?:ed|ing|es?)|refresh\w*|delet(?:ed|ing|es?)|remov(?:ed|ing|es?)|clean(?:ed|ing|s)?|prun(?:ed|ing|es?)|evict\w*|expir\w*'
    '|found|find(?:ing|s)?|fetch\w*|get(?:ting|s)?|got|look(?:ed|ing|s)? ?up|load\w*|quer(?:y|ied|ying|ies)|retriev\w*|check\w*'
    '|verif\w*|validat\w*|valid|auth(?:ori[sz]\w*|enticat\w*)?|tokens?|jwt|api keys?|credentials?|granted|(?:allow|deny) policy'
    '|subscrib\w*|join(?:ed|ing|s)?|assign\w*|associat\w*|map(?:ped|ping)?'
    '|skip\w*|ignor\w*|process(?:ed|ing|es)?|handl(?:ed|ing|es?)|start\w*|finish\w*|complet\w*|session|heart ?beats?'
    '|ping|pong|writ(?:e|es|ing|ten)|wrote)\b');

-- Whether a post to a connection has been made; any other word for sending says that it is about to be made.
CREATE OR REPLACE MACRO says_posted(w) AS
    regexp_matches(w, '\b(?:sent|posted|pushed|delivered|forwarded|published|replied|notified|broadcasted|succe\w+)\b');

-- Whether a connect was turned away.
CREATE OR REPLACE MACRO says_refusal(w) AS regexp_matches(w,
    '\b(?:connection|connect|client|handshake|@)[^\n]{0,40}\b(?:reject(?:ed|ing)|refus(?:ed|ing)|den(?:ied|ying)|forbidden)\b'
    '|\b(?:too many|maximum) connections\b'
    '|\b(?:reject|refus|deny|denied|block)\w*\b[^\n]{0,40}\b(?:connect|client|handshake|@)'
    '|^\W*(?:forbidden|access denied)\b|' || refusal_words());

-- Whether a line is about the function's answer to API Gateway; a dump of it follows.
CREATE OR REPLACE MACRO says_answer(w) AS regexp_matches(w, '^\W*(?:\w+ ){0,2}(?:respon(?:se|ding|d)|return(?:ing|s|ed)?|result|answer)\b');

-- Whether a request failed and its event is shown for that reason. (An event may have a field for errors.)
CREATE OR REPLACE MACRO says_request_failed(w) AS regexp_matches(w, '\b(?:failed|failure|rejected|refused|denied)\b');

CREATE OR REPLACE MACRO sql_statement() AS '(?:SELECT [^\n]* FROM|INSERT INTO|DELETE FROM|UPDATE \S+ SET)';
-- How such a line begins or ends: code in many languages, tests and their output, SQL, stack templates, HTTP headers, documentation.
CREATE OR REPLACE MACRO listing_pattern() AS
    '^\s*(?:[+-]\s+)?(?:(?:#|\*|/\*|"{3})\s|@[\w.]+\('
    '|(?:case|rescue|def|func|fn|async|export|const|let|it|describe|elif|elsif)\b[^\n]*[(:={]'
    '|(?:if|for|while|return|await) [^\n]*(?:[:;]|\{\}?)\s*$|(?:[=-]{3} )?(?:PASS|FAIL|RUN)\b'
    '|(?:Passed|Failed) [\w.]+\.\w+|tests? (?:passed|failed):|(?:not )?ok \d+ - |\d+: \w+::|\W*● '
    '|(?:Given|When|Then|Scenario:|Feature:) |(?:TODO|FIXME|HACK|XXX)\b|\W*should \w|resource "?aws_\w)'
    '|(?m:^\s*rescue [A-Z])'
    '|\)\s*\{\s*$|\);\s*$|::test_\w|\.(?:test|spec)\.[jt]sx?\b|^\s*(?:\[[^\]\n]*\] *)?[✓✔✕✗×√] [^\n]*\(\d+ ?m?s\)\s*$'
    '|\b(?:AWS::\w+|ApiGatewayV2)::|\bPASSED\b|\berror TS\d|\b[Mm]igrations?\b|\$(?:dis)?connect (?:=>|->|→) \w'
    '|\btest [\w:]+ \.\.\. '
    '|\b' || sql_statement() || '\b|\b(?:CREATE|ALTER) TABLE\b|^[Cc]onnection: (?:close|keep-alive|[Uu]pgrade)\b'
    '|`\$?(?:on)?(?:dis)?connect`|^\W*(?:How|Why|What|When|Where|Who|Can|Do|Does|Is|Should|Could)\b[^:\n]*\?\s*$'
    '|\b(?:is|are|gets) (?:called|invoked|executed|triggered|fired|sent|thrown|returned|raised) (?:when|whenever|after'
    '|before|once|if|for each)\b|\bGoneException (?:means|indicates|occurs|happens)\b|\b(?:[Hh]andler|[Rr]oute'
    '|[Ii]ntegration) (?:for )?\W?\$(?:dis)?connect\W{1,3}(?:registered|mounted|deployed|loaded|configured|created'
    '|updated|deleted)\b|\b(?i:register|mount|configur|deploy)\w* (?:[\w-]+ ){0,2}\W?\$(?:dis)?connect\b|\b(?:when'
    '|whenever|once|each time) (?:an?|the) (?:[\w-]+ ){0,2}(?:connection|client|user|browser|socket|connects'
    '|disconnects)\b';
-- Whether a line speaks of errors that did not happen, as code, test output and statements of policy do.
CREATE OR REPLACE MACRO is_hypothetical(prose) AS regexp_matches(prose,
    '^\s*(?://|at (?:async )?(?:[\w.$<>]+ ?\(|\S+:\d+\W*$)|File \S+, line \d'
    '|(?:#\d+ |from )?/\S+(?::\d+(?::in| \+0x)|\(\d+\): )|raise \w+\(|throw new\b)|\bexcept\b|\bcatch ?\('
    '|\binstanceof\b|^[^=]*[\w)\]] ?===|^\W*(?:\w+[ :]+){0,3}' || sql_statement() || '\b|\bimport \w|logger\.\w+\('
    '|console\.\w+\(|\$\{'
    '|(?i:^\W*config\w*\W|^\W*settings\W|^\W*(?:history of|incident \d|replaying)\b|\bdoc(?:s|umentation): |\bmock: |\bon_gone='
    '|^\W*handler for \W?\$|\b(?:creat|updat|delet)\w+ (?:route|integration|permission)s? for |\bignor\w+ errors?\b'
    '|\b(?:if|whenever|when (?:an?|the|it|we|you|they|your|my|any|connections?|clients?|post|status'
    '|error)) [^\n]{0,60}(?:gone|410)\b'
    '|\b(?:may|might|can|could|would|should|will|must) (?:(?:also|still|sometimes) )?(?:raise|throw|return|catch|handle|get|see'
    '|fail with) (?:an? |the )?(?:[\w.]+\.)?(?:gone ?exception|410\b)'
    '|\b(?:simulat|inject|mock|fak|stubb)\w+ (?:an? |the )?(?:gone ?exceptions?|410s?)\b'
    '|\b(?:do not|don''t|no|never) retry (?:[\w@]+ ){0,2}on (?:an? )?gone ?exception'
    -- (only where a line begins: behind a failure, the same words say what follows from it)
    '|^\W*dry[- ]?run\b|\(dry[- ]run\)\W*$|^\W*(?:we |it )?will (?:re-?)?(?:try|send|post|retry)\b[^\n]* if \w'
    '|^\W*(?:we |it )?would (?:have |be )*(?:sen[dt]|post|push|deliver|greet|clos|disconnect)(?:e?d)?\b'
    '|\b(?:my|your|our|his|her|their|the) (?:\w+ )?(?:logs?|console|terminal|screen|browser|phone|app) (?:says?|said'
    '|shows?|showed|reads?|tells me|told me|prints?)\b'
    '|\bon (?:an? )?(?:gone ?exceptions?|410s?),? (?:the )?(?:connections?|clients?|rows?) (?:is|are|gets?|will)\b)')
    -- (code never holds a real id, nor the answer that is in an error of Go's SDK; a format verb beside one is a slip of the application)
    OR and_then(contains(prose, '%s') OR regexp_matches(prose, listing_pattern()),
                NOT regexp_matches(prose, gateway_id_pattern() || '|\bresponse error StatusCode: \d|\s\tstatus code: \d'));

-- ------------------------------------------------------------------------------------------ connections

-- How a line about a connect begins; connect_pattern() has the words that may stand anywhere. (A single expression of them all would be
-- close to the limit up to which RE2 makes an automaton; beyond that it takes ten times as long.)
CREATE OR REPLACE MACRO connect_beginning() AS
    '^\W*(?:(?:new|ws|web ?socket|user|client|chat|game|player) )*session started\b[^\n]*@'
    '|^\W*(?:(?:ws|web ?socket|socket|connection|client)[ |]+)+@ (?:is )?(?:now )?up\b|^\W*' || client_words()
    || ' on ?: ?@|^\W*new (?:(?:ws|web ?socket|socket) )?' || client_words() || '(?:\W+(?:id\W+|cid\W+|connection )?@|\W*$)'
    '|^\W*(?:web )?(?:[\w.-]+ )?@[ |:]+(?:(?:is|has|came|now) )*(?:joined(?: by| from| with|\W*$)|(?:opened|online)(?:\W*$|\W*[(,;|{-]'
    '| (?:by|from|with|at|for|as|after|in|via|success\w*)\b))'
    '|^\W*(?:new |an? |the )?(?:connection|' || client_words() || ')(?: @)? (?:has |is |was )?(?:now )?(?:joined'
    '|opened|online|c[ao]me online|attached|arrived)\W*$'
    '|^\W*(?:[\w-]+ ){0,2}(?:is |has |now '
    '|c[ao]me )*online\W*(?:(?:with|on|via|over) )?(?:(?:the |a )?web ?socket\W+)?(?:connection )?@|^\W*(?:client|user'
    '|ws|web ?socket|socket|socket\.io:) connection(?: \([\w .-]+\))?[^\w{]*$'
    '|^\W*(?:[\w-]+\W+){0,3}(?:connected|joined|opened|arrived|attached|entered|online|accept(?:ed)?)\W+(?:connection )?@\W*$'
    '|^(?:[\w .-]+[:|] )?\W*(?:ws|web ?socket|socket|event|lambda|handler)?[ /:.|-]*\$?connect(?:ing|ed)?\W*(?:@|$|\|'
    '|event|handler|connection|id\b|user ?[=:])'
    '|^\W*(?:(?:hello|hi|good ?bye|bye) from|in) (?:the )?\$?connect\b'
    '|^\W*connected ' || client_words() || ' [\w.-]+ (?:with|on|via|at) (?:connection )?@|^\W*(?:[\w-]+ ){0,2}'
    || client_words() || ' connect\W+(?:connection )?@'
    '|^\W*connect ' || client_words() || '\W+(?:connection )?@'
    '|^\W*(?:connection|ws|web ?socket|socket|client|gw|hub|gateway)(?:\+{1,2} ?| \| \+ )@'
    '|^\W*(?:connection |id )?@(?: \|)?(?: [\w-]+){1,4} connected\W*$|(?:^|[| ])\+ ?(?:connection|client) @'
    '|^(?:[\w .-]+[|:] ?)?\W*open[ :]+(?:connection )?@\W*$|^\W*(?:ws|web ?socket|socket)\W+open\W+(?:connection )?@'
    '|^\W*connecting with connection @|^\W*(?:🟢|➕)\W*(?:connection )?@|^\+{1,2} ?@'
    '|^\W*(?:connection|client|socket)[:./-]new\b|^\W*started get \S+ web ?socket\b'
    '|(?:\bconnection|^\W*session) @ (?:start(?:ed)?|begin|began)\W*$'
    '|^\W*(?:got|received|receiving) (?:an? |the |new )*(?:web ?socket |ws |client )?connection (?:from )?@\W*$'
    '|^\W*(?:new |ws |web ?socket |client |user '
    '|chat )*session (?:(?:was |has been )?(?:established|created|opened|started)\W+(?:(?:for|on) )?)?(?:connection '
    '|session id\W+)?@\W*$'
    '|^\W*(?:session|client|user|player) @ (?:has |is |was )?(?:been )?(?:started|created|established)\b'
    '|^\W*(?:new )?' || client_with_id()
    || ' ?@ (?:is |was |has |been |now |c[ao]me )*(?:established|open|opened|joined|online'
    '|connect)\b(?: (?:\w+ly\b|by\b|from\b|with\b)| ?\(|\W*$)';
CREATE OR REPLACE MACRO connect_pattern() AS
    '\bconnect(?:ion)? (?:async )?(?:ok\b|event|handled|route\b|triggered|happen\w*|request\w*|received|attempt\w*|success\w*|accepted'
    '|established|opened|open|occurr?ed|hit\b|added|made|initiated|start(?:ed)?|begin|handler|function|lambda|method'
    '|from|for|invoked|called)\b'
    '|\bconnection\b(?: web ?socket| ws)?(?: with id| from| von| d[eo])?[^a-z]*(?:is |was |has been )?(?:now '
    '|success\w* )?(?:accepted|established|opened|open|added|up)\b'
    '|\b(?:new|opened|incoming|inbound|established|accept(?:ed|ing)?|open) (?:web ?socket |ws |client |socket |user )*connect(?:ion)?\b'
    '|\bnew (?:web ?socket |ws )?(?:client|socket|peer)\b'
    '|\b(?:accept(?:ed|ing)?|established) (?:an? |the )?(?:new )?(?:web ?socket|ws|socket|client|peer)\b'
    '|\b(?:opened (?:an? |the )?(?:web ?socket|ws|socket|session))\b[^\n]*@'
    '|(?:\b' || client_words() || '(?: @)?|^\W*@) (?:has )?joined (?:the )?(?:\w+ )?(?:server|service|gateway|app)\b'
    '|\bon ?open\W+(?:connection )?@'
    '|\b(?:web ?socket|ws|socket) (?:(?:session|connection) )?(?:@ )?(?:is |was |has been )?(?:now )?(?:open(?:ed)?|started)\b'
    '|\b(?:web ?socket|ws|socket|session|tunnel) (?:start|begin|up)\W+(?:connection )?@'
    '|\b(?:web ?socket|ws|socket) (?:@ )?connect(?:ing)?\b'
    '|\b(?:hand ?shake|upgrade) (?:with (?:connection )?@ )?(?:was |is )?(?:completed?|done|ok|success\w*|accepted)\b'
    '|\b' || client_words() || ' (?:@ |\{\} |[\w-]+ )?(?:has |is |was )?(?:now )?'
    '(?:joined|opened|online|c[ao]me online'
    '|attached)(?: (?:the |a |with |on |via |over )*(?:web ?socket|socket|connection)\b'
    '|\W*(?:(?:id|with|via|over)\W+)?@|\W*connection)'
    '|(?:^|@|[|]|\b(?:successfully|is|has|now|authenticated|' || client_words() || ')\b)\W*(?:(?:new '
    '|another )?[\w-]+ (?:--? )?)?(?:\([^)\n]{0,30}\) )?\bconnected\b'
    '|\bconnected (?:with|to|from|as|on|via|con|com|mit|avec)? ?(?:connection|@|the web ?socket|web ?socket)'
    '|\bconnected\W{1,4}(?:connection )?@'
    '|\bconnection (?:to|with) (?:\w+ )?@ (?:is |was |has |been )*(?:established|open(?:ed)?|up)\b'
    '|\bevent type\W{1,5}connect\b|\bon ?\$?connect(?:ed)?\b'
    '|(?:^|[.:|])\W*on ?connection\b|\b(?:handling|handle|handled|processing) ?\$?connect(?:ion|ed)?\b|\b(?:got|received) \$?connect\b'
    '|\b(?:start(?:ing|ed)?|enter(?:ing|ed)?|begin|executing|running|inside|finish(?:ed|ing)?|completed) \$?connect\b'
    '|(?:^|[^.\w]|(?:socket|ws|route)\.)\$connect\b(?: ?[^( ]|$)'
    '|(?:^|[|@]|\b' || client_words() || ')\W*(?:has )?reconnected\b|\b' || client_words()
    || ' (?:@ (?:is )?connecting\b|(?:is )?connecting\b[^\n]*@'
    '|[\w.-]+ (?:is )?connecting (?:with|via|on|over|as|through) (?:connection )?@)'
    '|\bsuccess\w* connecting\b';

-- Whether it is a client that is connected. If a line names neither a connection nor a client, what is connected belongs to another
-- service, unless the line says nothing but the event itself.
CREATE OR REPLACE MACRO is_of_client(w, has_id, names_client) AS or_else(has_id, or_else(
    and_then(names_client, NOT regexp_matches(w, '\bhandler (?:is )?(?:initiali|loaded|ready|terminat|stopp)')), is_bare(w)));
CREATE OR REPLACE MACRO says_connect(w, has_id, is_of_client) AS or_else(and_then(has_id, regexp_full_match(w,
    '\W*(?:session started|new [\w.-]+ session|' || client_words() || ' connecting|(?:[\w.-]+ ){0,2}'
    || client_words() || ' (?:has |is |now )*(?:joined|opened|online)|(?:[\w.-]+ )?' || client_words()
    || ' (?:has )?joined (?:the )?(?:\w+ )?(?:server|service|gateway|app)\W*(?:connection )?'
    '|(?:client|user|ws|web ?socket|socket) connection|(?:ws|web ?socket|socket)\W+accepted)\W*')),
    and_then(or_else(regexp_matches(w, connect_beginning()), or_else(regexp_matches(w, connect_pattern()),
                     and_then(has_id, regexp_full_match(w, '\W*(?:[a-z][\w-]* ){2,3}connected\W*')))),
    and_then(is_of_client, NOT regexp_matches(w,
    '\b(?:is|are|if|whether) (?:[\w-]+ )?@ (?:is )?online\b'
    '|^\W*\d+ (?:user|client|connection) connected\W*$'  -- other languages don't show the plural
    '|\bconnected ' || plural_client_words() || '\b|\b\d+ (?:[a-z]+ )?[a-z]{3,}s connected\b|\b[a-z]{3,}s connected\W{1,3}\d+\b'
    '|\b' || place_words() || '\W+(?:[\w-]+\W+){0,2}(?:joined|entered|opened)\b'
    '|\b(?:joined|entered|opened|added to) (?:the |an? )?' || place_words() || '\b'
    '|^\W*connection event ?: *\{\}'  -- a label: the event itself says what it is
    '|\b(?:still|already|currently|if|are) connected\b|\bassuming (?:that )?(?:[\w-]+ )?@ (?:is )?connected\b'
    '|\b(?:authori[sz]|authenticat|validat|verify)ing (?:[\w-]+ ){0,2}connect(?:ion)? request\b'
    '|^[^@]*\bconnect(?:ion)? request (?:is |was )?(?:authori[sz]ed|authenticated|granted)\b[^@]*$'
    '|\bconnected\W{1,3}(?:(?:true|false|yes|no|null|none|undefined)\b|\d+\W+disconnected\b)'
    '|\breconnect(?:ing|s|ions?)?\b|\bstale\b|\bgone\b'
    '|\bacquir\w+ (?:an? |the )?connection\b|\bconnection added to (?:the )?pool\b'
    '|\b(?:existing|previous|old|stored|cached|duplicate) connection\b|\bconnections (?:on|at)\b'
    '|^[^@]*\bclosing (?:(?:the|old|previous|other) )*(?:connection )?@|\b(?:both|all)(?: [\w-]+)? (?:are |have |has |is |now )*connected\b'
    '|\bconnected (?:their|his|her|your|my|our)\b'
    '|\bconnected (?:an? |the )?(?:\w+ )?(?:google|github|calendar|account|wallet|integration)\b'
    '|\b(?:google|github|calendar|account|wallet|integration|' || peripheral_words() || ') connected\b|\bconnecting\.{3,}: '
    '|^\W*(?:\w+ )?(?:state|status|presence) (?:of|for)\b'
    '|\b(?:delete|get|close|remove|update|fetch) connection\b|\$disconnect\b'))));

CREATE OR REPLACE MACRO says_disconnect(w, has_id, is_of_client) AS
    or_else(and_then(names_id(w, has_id), regexp_matches(w, '(?:\b' || client_words() || '(?: @)?'
        '|^\W*@) (?:has )?left (?:the )?(?:\w+ )?(?:server|service|gateway|app)\b|^\W*' || client_words()
        || ' (?:(?:is |now |went )*offline|disconnecting)\W*$')),
    and_then(regexp_matches(w,
    '\bdisconnect(?:ion)? (?:async )?(?:ok\b|event|details|route\b|function|lambda|method|triggered|happen'
    '|request|received|occurr?ed|hit\b|complete|handled|handler|for|from|client|success|invoked|called|start|of|@)'
    '|\b(?:on|processing|handling|handled|handle|after|got|received|client|user|ws'
    '|(?:web ?)?socket) ?\$?disconnect(?:ion)?\b|\bdisconnected\b'
    '|\b(?:start(?:ing|ed)?|enter(?:ing|ed)?|begin|executing|running|inside) \$?disconnect\b'
    '|^\W*(?:(?:hello|hi|good ?bye|bye) from|in) (?:the )?\$?disconnect\b|^\W*(?:connection|ws|client)-{1,2} @'
    '|(?:^|[| ])-(?:connection|client) @|^\W*(?:🔴|➖)\W*(?:connection )?@|^-{1,2} ?@\W*$'
    '|^\W*finished \S+ web ?socket\W+for\b|^\W*(?:ws|web ?socket|socket|gw|hub|gateway) \| - @(?:\W*$| ?\(| \w+[:=])'
    '|^\W*(?:(?:ws|web ?socket|socket|client)[ |]+)+@ (?:is )?(?:now )?down\b'
    '|^(?:[\w .-]+[|:] ?)?\W*close[ :]+(?:connection )?@\W*$'
    '|^(?:[\w .-]+[:|] )?\W*(?:ws|web ?socket|socket|event|lambda|handler)?[ /:.|-]*\$?disconnect(?:ed|ion'
    '|ing)?\W*(?:@|$|\||event|handler|connection|id\b|user ?[=:])'
    '|(?:^|[^.\w]|(?:socket|ws|route)\.)\$disconnect\b(?:[^(]|$)|\bevent type\W{1,5}disconnect\b'
    '|\b(?:connection|web ?socket|ws|socket|session)\b(?: connection)?(?: with id)?[^a-z]*(?:was |has been |is |has )?'
    '(?:closed?|terminated|end(?:ed)?|finished|lost|dropped|down|timed ?out|aborted|interrupted|severed|shut)\b'
    '|\b(?:connection|socket) closing\b'
    '|\bconnection to (?:\w+ )?@ (?:is |was |has |been )*(?:lost|ended|terminated|down)\b'
    '|\b' || client_words() || ' disconnect\W+(?:connection )?@|^\W*disconnect ' || client_words()
    || '\W+(?:connection )?@\W*$|\b(?:lost|dropped) (?:the )?(?:contact|connection|'
    || client_words() || ') (?:to |with )?(?:\w+ )?@|\b' || client_words()
    || ' (?:@ (?:is )?disconnecting\b|(?:is )?disconnecting\b[^\n]*@'
    '|[\w.-]+ (?:is )?disconnecting (?:with|from|via|on) connection @)'
    '|^\W*disconnecting ' || client_words() || ' @ (?:due to|because)\b'
    '|^\W*(?:[\w-]+\W+){0,3}(?:closed|dropped|left|offline|ended|terminated|detached|departed|exited|quit|hung up'
    '|lost)\W+(?:connection )?@\W*$|\bon ?close\W+(?:connection )?@'
    '|\b' || client_words() || ' (?:@ |[\w-]+ )?(?:has )?(?:left|hung up|went away|detached|departed'
    '|(?:went |is |now )*offline|dropped|(?:\w+ly )?closed (?:the |its )?(?:connection|socket))\b'
    '|\b(?:closed|ended|terminated) (?:an? |the )?(?:web ?socket|ws|socket|session)\b[^\n]*@'
    '|^\W*(?:closed|ended|terminated) (?:web ?socket |ws |client )*connection\W*$'
    '|^\W*(?:tab|window) (?:was )?closed\b[^\n]*@|^\W*(?:(?:good ?)?bye|farewell)\W+(?:' || client_words() || ' )?@'
    '|^\W*(?:[\w-]+ ){0,2}(?:is |now |went )*offline\W*(?:(?:with|on|via|over|at) )?(?:connection )?@'
    '|^\W*' || client_words() || ' off ?: ?@'
    '|\btunnel down\W+(?:connection )?@'
    '|@[ |:]+(?:(?:has|was|is|went|now|been) )*(?:left|dropped|hung up|closed|offline|went away)\b'
    '|^\W*' || client_with_id() || ' ?@ (?:(?:has|was|is|now|been) )*(?:terminated|ended|disconnect)\b'),
    -- (with an id, this is a disconnect, as "X connected to room 4" is a connect)
    and_then(and_then(is_of_client, or_else(names_id(w, has_id),
                      NOT regexp_matches(w, '\bdisconnected from (?:the )?(?:' || place_words() || '|chat|session)\b'))),
    NOT regexp_matches(w,
    '\$connect\b|(?:,|\band) \d+ disconnected\b|\bconnected(?: ' || plural_client_words() || ')?\W{1,3}\d+\W+disconnected\b'
    '|^\W*disconnected \d+ (?:[a-z]+ )?[a-z]{3,}s\b|\b[a-z]{3,}s disconnected ?[:=] ?\d+\b'
    '|\b\d+ (?:[a-z]+ )?[a-z]{3,}s disconnected\b|\bdisconnected (?:'
    || plural_client_words() || '|sessions)\b|\b' || plural_client_words() || ' (?:are|get) disconnected\b'
    '|\b(?:mark\w*|set|flag\w*|status|trigger\w*|will|already|about to|schedul\w*|forc(?:e|ing)'
    '|expecting|pending)\b[^\n]*disconnect|already closed|\bstale\b|\bweb ?socket: close \d|^\W*socket closed unexpectedly'
    '|\b(?:mark\w*|set|flag\w*|recipient|target|receiver|if|whether)\b[^\n]*\boffline\b|\boffline\b[^\n]*\bqueu'
    '|\bleft (?:an?|some|his|her|their|its|feedback)\b'
    '|\b(?:left|departed|(?:detached|dropped|removed)(?: @)? from|disconnected @ from) (?:the )?(?:' || place_words() || '|chat|session)\b'
    '|\b(?:returned|responded(?: with)?|answered|replied with) (?:an? |http |status |code )*[45]\d\d\b'
    '|\b(?:both|all)(?: [\w-]+)? (?:are |have |has |is |now )*disconnected\b'
    '|\b' || place_words() || '\W+(?:[\w-]+\W+){0,2}(?:left|closed|ended|exited|quit)\b'
    '|\b(?:google|github|calendar|account|wallet|integration|workspace|' || peripheral_words() || ')(?: \w+)? disconnected\b'
    '|\bice (?:connection )?(?:state )?(?:for|of) (?:connection )?@'
    '|\bdisconnected (?:their|his|her|your|my|our)\b'
    '|\b(?:job|task|timer|check|query|lookup|export|upload|sync) (?:for|of|on) (?:connection )?@'
    '|\b(?:skip|ignor|remov|delet|prun|clean|evict|purg)\w* (?:an? |the )?(?:closed|dropped|lost|terminated|ended'
    '|disconnected)\b|^\W*closing\b'))));

-- Whether a line about the end of a connection says what it broke off: an answer that the function was sending.
CREATE OR REPLACE MACRO breaks_off_answer(w) AS regexp_matches(w,
    '\bmid-?stream\b|\b(?:stop|abort|cancel|halt|interrupt)\w* (?:the )?(?:stream|response|answer|generation|reply|broadcast)'
    '|\b(?:during|while|before) (?:the )?(?:\w+ )?(?:stream|response|answer|generat|repl|send|post|push|deliver|broadcast)');

-- ------------------------------------------------------------------------------------------ inbound messages

-- A message and, after "from", its sender: "join request from X", "Invalid JSON from X", "Received 'join' from client X".
CREATE OR REPLACE MACRO sender_pattern() AS
    '\bmessage (?:from (?:client|connection|user)|by @)'
    '|\bmessage\b[^\n]{0,40}\b(?:was|been) received (?:on|via) (?:connection )?@'
    '|^\W*received (?:connection )?@ (?:[\w-]+ ){0,2}(?:message|frame|event|command|action)\b'
    '|\bincoming data (?:from|on|via) (?:connection )?@'
    '|\b(?:un(?:known|handled|supported|recogni[sz]ed)|invalid|malformed) (?:(?:web ?socket|ws) )?(?:message|action'
    '|route|command)\b'
    '|^\W*(?:ping|heart ?beat|keep ?alive) received\b|^\W*(?:ws|web ?socket|socket) (?:in|rx|recv)\W+(?:connection )?@'
    '|@\)? requested\b|@\W+(?:and |with |on )?route\W{1,3}[a-z]'
    '|\binvocation of [\w ]+ by (?:connection )?@|\bconnection init\W+(?:from )?(?:connection )?@'
    '|^\W*[\w-]+: receive message\b'
    '|\b(?:called|invoked|placed|submitted|asked|triggered|performed|made|raised) by (?:connection |' || client_words() || ' )?@'
    '|^\W*[\w-]+ request\W{1,3}(?:connection )?@'
    '|\b(?:message|ping|heart ?beat|action|request|frame|command|data) (?:was )?received (?:from\b|(?:on|via|over) (?:connection )?@)'
    '|\b(?:received?|recv|got|handling|processing|incoming|inbound):? (?:[\w"'':./|(),-]+ ){0,3}from (?:connection |'
    || client_words() || ' )*@'
    '|^\W*(?:received?|recv|got|incoming|inbound)\W*(?:from|by|on) (?:client |connection |user |peer )*@'
    '|\b' || sent_words() || '\W{1,6}'
    '(?:[\w":-]+ ){0,3}from (?:(?:connection|' || client_words() || ') )*(?:[\w-]+ )?\(?@';
-- A route or its handler, and for whom: "Handling route join for X", "[default] X", "X -> sendMessage", "route: join, connection: X".
CREATE OR REPLACE MACRO handler_pattern() AS
    '\b(?:handling|handle|processing|executing|on|dispatch(?:ing)?|calling|invoking|running'
    '|routing)(?: to)? (?:handler |route |action )?send ?message\b|^\W*(?:(?:ws|web ?socket) )?(?:request|route|action'
    '|event)\W{1,3}send ?message\b|^\W*(?:ws|web ?socket) route\W{1,3}[\w.-]+\W*$|^\W*received send ?message\b'
    '|^\W*default handler received\b|^\W*route key\W{1,3}[a-z][\w.-]*(?: [\w.-]+)?[^\w(]*$|\bsend ?message event\b'
    '|\b(?:handling|handle|processing|routing|dispatching|executing|performing|running) (?:route|action|command'
    '|request)\W{1,3}(?:(?:[\w.$-]+|"") ){1,3}'
    '(?:for|from|on) (?:connection )?@'
    '|^\W*(?:handling|handle|processing|performing|executing|dispatching'
    '|routing) (?:(?:[\w-]+|"") (?:for|from) (?:connection |' || client_words() || ' )?@|[\w-]+[.:,;] (?:connection '
    '|client )?@)'
    '|^\W*(?:handling|handle|processing|executing|dispatching|routing|received|got|incoming'
    '|inbound) (?:[\w-]+ ){0,2}(?:message|msg|chat|frame|event|request|action|command|ping|heart ?beat|keep ?alive'
    '|operation|op|cursor|vote|bid|move|offer|candidate'
    '|payload)\W+(?:(?:for|from|on|of|by|in|via|with) )?(?:connection |client |session )*@'
    '|\b(?:received|got|handling|processing) (?:[\w-]+ ){0,2}(?:request|query|question|prompt|input) (?:for|from|on'
    '|of) (?:connection |' || client_words() || ' )?@'
    '|^\W*(?:[\w-]+ ){1,4}(?:lambda|handler|function) (?:was )?(?:invoked|called|triggered)(?: (?:with|for|by|from|on))? (?:connection )?@'
    '|\b(?:send ?message|message'
    '|default) ?handler\b(?: (?:invoked|called|triggered|started|entered|running|for|on|with))*\W*(?:connection '
    '|client )*@'
    '|^\W*(?:(?:the|in|inside|entering|executing) )*(?:send ?message|message'
    '|default) handler(?: (?:was )?(?:called|invoked|triggered|start(?:ed)?|entered|hit))?\W*$'
    '|^\W*(?:[\w .-]+[|] )?\W*(?:' || client_words() || ' |connection )?@ (?:(?:requests|requested|asks for|wants)\b'
    '|(?:action|route|command|method)[:=] ?\w)|^\W*"" requested by @'
    '|\b(?:action|command|route) (?:[\w"-]+ )?requested by (?:connection |' || client_words() || ' )?@|\b(?:action'
    '|command|route) received\b|^\W*(?:receive[sd]|incoming|inbound)\W+(?:body|payload)\W*(?:$|\{|"")'
    '|^\W*(?:processing|handling|executing|dispatching|routing) (?:message |client )?(?:action|route'
    '|message type)\W{1,3}[\w.-]+\W*$|\b(?:handle|on) default\b|\bdefault event (?:for|from|on)\b'
    '|^\W*default message (?:\{\} )?@|\bhub method\b[^\n]*\b(?:invoked|called) (?:on|by|from)\b'
    '|^\W*ws/[a-z][\w -]*: (?:@|[\w-]{15}\W*$)|^\W*handler ?: ?(?:default|message|send ?message)\W+(?:connection )?@'
    '|^\W*@ ?-> ?(?:send ?message|message|default)\b|^\W*@ +(?:send ?message|message|\$?default)\W*$'
    '|^\W*(?:send ?message|message|default)\W{1,5}(?:route |lambda |function |method |event )?(?:called|invoked'
    '|triggered|received)\b|^\W*default\W+(?:connection )?@|^\W*(?:incoming|inbound) ?: ?@'
    '|^[\w -]+\. ?route(?: key)?\W{1,3}[\w.-]+ (?:connection )?@'
    '|^(?:[\w -]+[:|] ?)?\W*(?:(?:processing|handling|received|got) )?(?:route|action)(?: key)?\W{1,3}(?:[\w.-]+:? ){0,3}[\w.:/-]+\W+'
    '(?:on )?(?:connection )?@'
    '|\b(?:web ?socket|ws|socket) (?:event|action|route)\W{1,3}(?:[\w$.-]+ ){1,3}\(?(?:for |on |from )?(?:connection:? )?@';
-- Somebody speaks: "X said: ...", "client X sent a message", "user 9 sent message via X".
CREATE OR REPLACE MACRO speaker_pattern() AS
    '^\W*(?:' || client_words() || ' (?:with id )?)?(?:connection )?@ (?:says?|said|sent|wrote|typed) *[:{"]'
    '|^\W*@ ?[|:]? ?received ?:|^\W*' || client_words() || ' [\w.-]+ (?:says?|said|sent|wrote|typed):'
    '|(?:' || client_words() || '|@[ )|]*)(?: (?:[\w-]+|""))? (?:sent|issued|typed) an? (?:message|frame|action'
    '|command)\b|@\)? (?:sent|issued|invoked|called|triggered) (?:[\w-]+ )?(?:message|frame|action|command|event'
    '|method|ping|heart ?beat|keep ?alive)\b|\bmessage by [\w.-]+ (?:connection )?@'
    '|' || client_words() || '(?: [\w-]+)? sent (?:message|frame|action|command) (?:via|on|over|from|through)\b'
    '|^\W*(?:' || client_words() || ' )?@ (?:said|says|wrote|typed|asked|asks)\b|^\W*from (?:connection )?@ ?:'
    '|^\W*' || client_words() || ' @ sent (?:\d|malformed|invalid|\W?[\w-]+\W? with)|^\W*' || client_words()
    || ' [\w.-]+ (?:sent|issued) (?:an? )?(?:[\w-]+ ){0,2}(?:message|frame|action|command|event)\W+(?:connection )?@';
-- Whether a message is not inbound: it is another service's, it is passed on or did not come, or it is an event of the connection itself.
CREATE OR REPLACE MACRO is_no_inbound(marked) AS regexp_matches(marked,
    '(?:§|\b(?:e-?mails?|assistant)) (?:(?:web ?socket|ws) )?(?:message|msg|event|request)\b'
    '|\b(?:get|post|put|patch|delete|head|options) /'
    '|(?:\b(?:received|messages?|msg|frame)|@) from (?:the |an? |our |dead[- ]letter )*(?:§|exchange\b)'
    '|\bout(?:bound|going)\b|\bwelcome\b'
    '|\b(?:auth\w*|connections?|clos\w+|open\w*|broadcast\w*|notif\w+|stream\w*|clean\w*|worker|fan ?out|schedul\w*|push\w*'
    '|publish\w*|deliver\w*|sender?|post\w*|timer|cron|error|event|response|callback|expir\w+) (?:lambda|handler|function)\b'
    '|^\W*(?:handling|handle|processing|dispatching|received|got|incoming) (?:[\w-]+ )?(?:response|time ?out|webhook'
    '|payment|retry|expir\w+|scheduled|timer|cron|clean-?up|delivery|fan-?out|queued|idle|ttl|stream|result)\b'
    '|^\W*(?:handling|handle|processing|performing|executing) (?:clean-?up|(?:dis)?connections?|complet\w+|finish\w+'
    '|done|fail\w+|start\w+|ended|scheduled|timer|cron|errors?|timeout|retry|retries|batch|job|task|update'
    '|broadcast|notification|response|reply|result'
    '|records?|webhook|stream|expir\w+|auth\w*|login|payment|delivery|push|event|events|session|reminder|order)\b'
    '|^\W*(?:no|time ?out|timed out|waiting|finished|done|completed|delet\w+|remov\w+|clear\w+|broadcast\w*|relay\w*'
    '|forward\w*|echo\w*)\b|\b(?:was|were|been|message|frame|event|update|notification|response|reply|payload'
    '|data) sent\b|\back\b'
    '|\b(?:dis)?connect\b'
    '|\b(?:received?|got|new|incoming) (?:(?:an?|the|ws|web ?socket|client) )*connection (?:from\b|@)'
    '|\bevent\W{1,3}(?:opene?d?|closed?|error)\b'
    '|\bclos\w+ (?:[\w@]+ ){1,3}because (?:of )?(?:an? )?(?:\d{4} )?invalid message\b'
    '|\b(?:close|open|error|(?:dis)?connection|handshake|auth\w*) (?:event|request|message)\b');
-- Whether a message is inbound, even if the line goes on to speak of sending. (As one expression, these three would take ten times as long:
-- RE2's automaton for it would not fit into RE2's memory.)
CREATE OR REPLACE MACRO says_received(w, is_no_inbound) AS
    and_then(regexp_matches(w, sender_pattern()) OR regexp_matches(w, handler_pattern()) OR regexp_matches(w, speaker_pattern()),
         NOT is_no_inbound);

-- Whether a line reports what a client sent, under the application's own name for it ("bid received", "received answer"), in lines that
-- name a connection. Answers of other services are "received", too, and do not count.
CREATE OR REPLACE MACRO says_something_received(w) AS
    regexp_matches(w, '^\W*(?:[\w-]+ ){1,3}(?:received|requested)\W*(?:$|(?:\w+(?: id)?: \S+ )*(?:connection |id\W+)?@'
        '|from (?:client|user|connection|player|device|peer|@))'
    '|^\W*(?:received|recv|incoming|inbound) (?:an? |the |new |another )?(?:[\w-]+ ?){1,4}\W*(?:$|@|connection @)')
    AND NOT regexp_matches(w, '\b(?:response|reply|result|token|chunk|delta|completion|event|notification|record'
    '|webhook|signal|answer from|ack\w*'
    '|nothing|not|(?:dis)?connect|payment|stream|error|status|config\w*|credentials?|secret)s?\b'
    '|\bconnection (?:received|requested|request)\b|^\W*(?:received|recv) \d+ (?:messages|items|tasks|jobs)\b'
    '|^\W*(?:received|recv|incoming|inbound) (?:\w+ )*(?:connection(?: from)? ?(?:@|\W*$)'
    '|(?:client|viewer|visitor|user)\W*(?:$|@))');

CREATE OR REPLACE MACRO says_message(w, marked, dump, has_id, is_no_inbound) AS and_then(regexp_matches(w,
    '\b(?:message|msg|frame) (?:event|from)\b|\bmessage d[eo] @'
    '|\b(?:messages?|msg|frame)[ .](?:was |successfully |has been )*received\b|^\W*message (?:[\w-]+ ){1,3}received\b'
    '|^\W*send ?message from @'
    '|\b(?:received|receiving|incoming|inbound|got|handling|handle|processing|on|new) '
    '(?:an? |web ?socket |ws |client |user |chat |text |raw |json |binary )*(?:message|msg|frame)\b'
    '|\bmessage (?:arrived|(?:handled|processed) (?:for|from) (?:connection |client )?@)'
    '|^\W*(?:client|chat) message ?[:,]'
    '|^\W*on ?message\W+handler\W+@'
    '|^\W*(?:ws |web ?socket |on ?)?[| ]*(?:message|msg)\s*[:| ]\s*(?:@|$|\{|(?:connection|' || client_words() || ') @'
    '|id\b)|\b(?:web ?socket|ws|socket|connection) message\b'
    '|\b(?:received|got) (?:an? )?(?:unknown |new )?(?:route|action|command|request on|data from)\b'
    '|^\W*(?:ws|web ?socket)[:/. ]default\b|^\W*(?:ws|web ?socket)[:/.](?:message|data|frame) (?:connection )?@'
    '|\bdefault route\b|\b(?:received|got) (?:an? )?(?:ping|heart ?beat|keep ?alive)\b'
    '|\$default\b(?:[^(]|$)|^@ ?: |^\W*@\W+(?:says\b|\| *message\b|message:)'
    '|\bevent type\W{1,5}message\b|^(?:[\w .:/-]+\|)?\W*(?:(?:ws|web ?socket|socket)\W+)?(?:recv|rx)\W+(?:connection )?@'
    '|^(?:[\w .:/-]+\|)?\W*(?:(?:ws|web ?socket|socket|in|client) ?)?(?:<-+|<=+|←) ?(?:connection )?@'
    '|^\W*(?:in ?:|(?:ws|web ?socket|socket) \| <) ?(?:connection )?@'
    '|^\W*(?:📨|📩|📥|💬)\W*(?:[\w-]+ ){0,3}(?:connection )?@|^\W*(?:frame|message|msg) in\b|\bread \d+ bytes from\b'
    '|\b\d+ bytes (?:received )?from (?:connection |client )?@|\breceived \d+ bytes (?:on|via) (?:connection )?@'
    '|^\W*(?:message|msg) (?:on|via) (?:connection )?@|\b(?:routing|dispatching) (?:connection |client )?@ to\b')
    OR (has_id AND regexp_full_match(w,
        '(?:[\w .-]+: )?\W*(?:connection init|(?:ws|web ?socket|socket)\W+(?:read|recv|received|rx|in)|(?:'
        || client_words() || '\W+)?(?:message|msg|frame)(?: (?:recv|rcvd|rx|in))?|(?:received'
        '|got) (?:an? )?(?:[\w-]+ ){1,3}from (?:the )?' || client_words() || '|' || client_words()
        || ' (?:request|action|command)|sendmessage|inbound|incoming|recv'
        '|(?:(?:incoming|inbound|received|receive|got|processing|handling|handle) (?:an? )?(?:' || client_words()
        || ' )?(?:action|request|command|frame|payload|packet|event)'
        '|(?:dispatching|routing|executing|running) (?:an? )?(?:' || client_words() || ' )?(?:action|request|command'
        '|message))(?:\W+(?:connection|id|cid|client|socket|session)\W+@[^\n]*)?)\W*'))
    OR and_then(names_id(w, has_id), says_something_received(w))
    OR and_then(has_id, regexp_full_match(w, '(?:[\w .-]+: )?\W*(?:processing|handling|handle|received|got|incoming'
    '|inbound) (?:[\w-]+ ){1,3}(?:action|request|command|message|event)\W*') AND NOT is_no_inbound)
    OR (regexp_matches(w, '^\W*received(?: \w+)? ?:') AND regexp_matches(dump, '(?i)action["'']?\s*:')),
    NOT regexp_matches(w, '\broute(?: key)?\W{1,3}\$?(?:dis)?connect\b|^\W*@\W+(?:on ?)?(?:dis)?connect(?:ed)?\W*$'
        '|^@ ?: (?:(?:client|user|new) )?(?:connected|connection|opened)\W*$|\$connect\b[^\n]*\$default\b'
    '|^\W*(?:finished|done|completed) (?:processing|handling)\b|\bskip\w* (?:the |this |an? )?web ?socket message\b'
    '|\bmessages received(?: (?:before|in the|since|during|per|so far|today|this)\b|(?: total)?\W{0,3}\d)'
    '|\bgraph ?ql (?:operation|query|mutation|subscription)\b|\bresolv\w+ (?:subscription|query|mutation|field)\b'
    -- (a module's name, before what it does with other connections)
    '|^\W*(?:(?:info|warn|error|debug|on|ws|web ?socket|socket|connection) )*message\W{1,3}' || clearing_words() || '\w* '
    '|\bmessage (?:loop|pump|stream|history|size|length|count|rate|limit|quota|queue|table|schema|format|stored|saved'
    '|persisted|queued|enqueued|created)\b')
    AND NOT regexp_matches(marked, '(?:§|\b(?:e-?mails?|assistant)) (?:(?:web ?socket|ws) )?(?:message|msg)\b'
    '|\bmessages? (?:received |@ )?from (?:the |an? |dead[- ]letter )*'
    '(?:§|(?:exchange|topic|server|model|bot|assistant|stream|bus|self)\b)'));

-- ------------------------------------------------------------------------------------------ welcome messages

-- Other greetings of a service, if the line says that they are sent: "hello", GraphQL's "connection_ack", "session.created".
CREATE OR REPLACE MACRO greeting_words() AS
    '(?:hello|hand ?shake(?: ack\w*| response)?'
    '|(?:connection|connect|session)[ .:/-](?:ack\w*|confirmation|created|established|init\w*|ready|success)'
    '|connected (?:message|event|packet|frame|notification|confirmation)|(?:initial|init|ready) (?:message|event|packet|frame)'
    '|initial (?:state|snapshot))';
CREATE OR REPLACE MACRO says_welcome(w) AS and_then(regexp_matches(w, '\b(?:welcom(?:ed?|ing)|greet(?:ings?|ed|s)?)\b'
    '|\b' || greeting_words()
    || ' (?:message |packet |payload |frame |event |response )?(?:was |has been |could not be |not |successfully )*'
    '(?:sent|delivered|posted|pushed|emitted|failed|abandoned|retr\w+|to @)'
    '|\b(?:sent|sending|send|posted|pushed|delivered|emitted|deliver|push|post|emit|retry\w*) (?:the |an? |initial )*'
    || greeting_words() || '\b'
    '|\bhand ?shake acknowledged to\b'),
    NOT regexp_matches(w,
    '\bwelcome[\w-]*\.(?:json|txt|html?|[jt]sx?|py|rb|md|hbs|ejs|mjml|png|mp3|wav)\b|\bgreeting never received\b'
    '|\bwelcome (?:sent|failed)(?: total)?:? \d+(?:$|[ ,]+[\w ]+[:=])'
    '|^[^:\n]*\b(?:syntax|name|attribute|reference|import(?: module)?|module ?not ?found) ?error:'
    '|\bwelcome (?:to (?:the|our|my|this)|back)\b|\bwelcomed by\b|\binitial state machine\b'
    '|\b(?:welcomes|(?:welcome|greeting) messages)\b[^\n@]*(?:\btoday\b|\bso far\b|\d\W*$)'
    '|\b\d+ (?:welcome|greeting) messages\b|\bskip\w* (?:the )?(?:welcome|greeting)|\balready (?:welcomed|greeted)\b'
    '|\b(?:welcome|greeting)(?: message)? (?:was |has |been )*already (?:sent|delivered)\b'
    '|\bwelcome (?:comment|screen|page|tour|modal|banner|series|flow|bonus|coupon|gift|kit|offer|credit|letter'
    '|quest|mission|reward|badge|role|campaign|video|pack)\b'
    '|\b(?:e-?)?mail\w*\b|\w@\w|\bsms\b|\bwhats ?app\b|\bslack\b|\btelegram\b|\bdiscord\b|\bmattermost\b|\+\d{6}|\bchannel\b'
    '|\b(?:push notif\w*|web ?push|fcm|apns)\b|\b(?:sql|smtp|ftp|ssh|imap) greeting'));

CREATE OR REPLACE MACRO says_failed(w) AS regexp_matches(w,
    '\b(?:errors?|fail\w*|exceptions?|unable|(?:could|can) ?n[o'']t|can''t|problem|undeliver\w*|rejected|refused'
    '|not (?:be )?(?:sent|delivered|posted|pushed|emitted)|never|went wrong|lost|aborted|dropped|timed ?out'
    '|deadline exceeded|g(?:iving|ave) up|abandon(?:ed|ing)'
    '|(?:sent|delivered|acknowledged|success\w*|done|ok)(?: to)?\W{1,3}(?:@\W{1,3})?false)\b'
    '|[:(] ?time ?out\W*$');

CREATE OR REPLACE MACRO says_again(w) AS regexp_matches(w,
    '\b(?:re-?try|retrying|re-?send(?:ing)?|re-?attempt(?:ing)?|try(?:ing)? again|(?:be|being) retried'
    '|next (?:\w+ )?attempt|again in \d+|another (?:\w+ )?(?:attempt|try)|once more)\b|\b(?:sen[dt]\w*|push\w*'
    '|post\w*) (?:[^\n]* )?again\b|\battempt \W*(?:[2-9]|\d\d)\b')
    AND NOT regexp_matches(w, '\bafter \d+(?: \w+)? (?:attempts?|tries|retries|times)\b|\bafter \d+\W*$'
    '|\bg(?:iving|ave) up\b|\bno more\b|\bexhausted\b|\bretr\w+ (?:[\w@]+ ){0,3}(?:en|dis)abled\b'
    '|\b(?:not?|never|without|\w+n''?t|stop\w*|skip\w*) (?:be |being |to |any |the |a |further )*(?:re-?tr\w+|re-?sen\w+|re-?attempt\w*)\b')
    AND (says_failed(w) OR regexp_matches(w, '\bagain\b') OR NOT regexp_matches(w,
    '\b(?:sent|delivered|posted|pushed|succeeded|successfully)\b[^\n]*\b(?:attempt|re-?try)\b'));

-- (What was queued, scheduled or prepared with success is not sent yet.)
CREATE OR REPLACE MACRO says_done(w) AS or_else(regexp_matches(w,
    '\b(?:sent|delivered|posted|pushed|dispatched|transmitted|emitted|written|wrote|accepted|reached|made it|welcomed|greeted)\b'
    '|\b(?:got|received) (?:the |its |his |her |their |a )?(?:welcome|greeting)\b'),
    and_then(regexp_matches(w, '\b(?:succe(?:eded|ss\w*)|acknowledged|done|ok)\b|[✅✔]'),
             NOT regexp_matches(w, '\b(?:(?:en)?queu|schedul|prepar|compos|render|generat)\w*')))
    AND NOT regexp_matches(w, '\b(?:will|shall|should|must|to|can|may) be (?:sent|delivered|posted|pushed|emitted)\b'
        '|\b(?:to|on|onto|into|in) (?:the |an? |our )?(?:[\w-]+ )?(?:queue|sqs|sns|event ?bridge|kinesis)\b');

-- ------------------------------------------------------------------------------------------ GoneException

CREATE OR REPLACE MACRO connection_context() AS
    '@|\bconnections?\b|\bweb ?sockets?\b|\bws\b|\bapi ?gateway|\bapigw|\bpost ?to ?connection|\b(?:sdk|service) ?error\b';
-- Whether words are about a connection. (The address of another service may contain such words, and messages are posted there, too.)
CREATE OR REPLACE MACRO has_connection_context(w) AS CASE
    WHEN contains(w, '://') AND NOT contains(w, 'execute-api') THEN regexp_matches(regexp_replace(w, '\b[a-z]+://\S*',
        '', 'g'), connection_context())
    ELSE regexp_matches(w, connection_context() || '|\bpost(?:ing)? (?:to|message|failed)|\bsend(?:ing)? (?:to|message|failed)'
         '|\bgone ?exception (?:while|when|on|during) (?:post|send|push|broadcast|deliver|emit)') END;

-- names_gone() finds a 410 by its name or number: an SDK's exception (some print nothing after it), or a status.
-- is_gone_elsewhere() finds a 410 of something else: the answer of another address, a link, a token for notifications.
-- names_who_answered() finds who gave the answer, even if a field has the client's connection, as every record of a request may have.
CREATE OR REPLACE MACRO names_who_answered(w, marked) AS and_then(contains(w, '410') AND NOT contains(w, '@'), regexp_matches(marked,
    '(?:§|\b[a-z][\w-]* (?:api|endpoint|service|provider|server|url))(?: [\w§.-]+){0,4} (?:return|respond|answer|repli|failed with)'
    '[^\n]*\b410\b|\b410 from (?:the )?(?:§|(?:[\w-]+ )?[\w-]+ (?:api|endpoint|service|provider|server))'
    '|\b(?:get|put|patch|delete|head) /[\w./-]+ [^\n]*\b410\b|\b(?:fetch|download|upload)(?:ing|ed)?\b[^\n]*\b410\b')
    AND NOT regexp_matches(w, '\b(?:management|gateway|api ?gw|connections?|web ?sockets?|ws|sockets?|clients?|peers?|recipients?|post\w*'
    '|sen[dt]\w*|deliver\w*|broadcast\w*|callback|push(?:ing|ed))\b'));
CREATE OR REPLACE MACRO is_gone_elsewhere(w) AS or_else(
    and_then(contains(w, '://'), (NOT contains(w, '@') OR regexp_matches(w, '\b(?:get|put|patch|delete|head) \S*://'))
             AND NOT regexp_matches(w, 'execute-api|gone ?exception|\bconnections?\b|web ?socket')),
    regexp_matches(w, '\b(?:(?:push|device|registration|sync) token|subscription|url|link|(?:invite|coupon|promo) code|invite'
        '|invitation|coupon)s? (?:[\w@.-]+ ){0,6}(?:gone\b|(?:expired|no longer (?:valid|active|registered))\b[^\n]{0,30}\b410\b)'
        '|\b410(?: gone)? for (?:the |an? )?(?:push )?subscription\b|\b410[: (]+unregistered\b|\bdevice not registered\b'
        '|\b410\b[^\n@]*\b(?:sync token|resource version)\b|^[^\n@]*\b(?:handshake|streaming connection|server rejected)\b[^\n@]*\b410\b'
        '|\b410 for streaming connection\b'
        '|\bmethod completed with status\b|\bmailbox\b'
    '|\bstatus: 410, integration latency\b|\bclose reason\W[^\n]*\bgone|\bgone ?exception handler\b'
    '|\b(?:0|no) gone ?exception|^\W*(?:not found, )?gone: /'
    -- what somebody sent
    '|\b(?:sent|sending|echo(?:ed|ing)?|broadcast(?:ing)?|delivered|posted|message|received:|forward(?:ed|ing)'
    '|relay(?:ed|ing)) ["'']?gone exception["'']? (?:to|from|for)\b|\bdelivered to @: gone exception\b|\b(?:body|text'
    '|payload|content|query): gone exception\b'
    '|\bgone ?exceptions\b')  -- the reason that a client gave, and counts
    -- or another exception from a call on a connection
    OR (regexp_matches(w, '\ban error occurred \([^)\n]*exception\) when')
    AND NOT regexp_matches(w, '\ban error occurred \(gone ?exception')));
CREATE OR REPLACE MACRO names_gone(w, has_context) AS
    regexp_matches(w,
    '\bweb ?socket ?disconnected ?error\b|\bunknown ?error: 410\b|\bresponse code: 410, response text: gone\b'
    '|(?m)\bgone ?exception\W*(?:(?:unknown(?: ?error)?|410|null|none|gone)\W+)*(?:unknown(?: ?error)?|410|null|gone)?$'
    '|\b(?:gone ?exception|410)\b[^\n]*\bwhen calling the (?:post ?to|get|delete) ?connection operation\b')
    OR and_then(has_context, (regexp_matches(w,
    '\bgone ?exception\b|\b410\W{0,3}gone\b|\bgone 410\b|\bhttp ?(?:error )?410'
    '|\bstatus(?: ?code)?\W{1,3}gone\b|\bexception\W{1,3}410\b|\bunknown ?error\W+410'
    '|\b(?:fail\w*|errors?|unable|could ?n[o'']t|rejected)\b[^\n]*[:,(-] ?gone\b'
    '|(?:->|=>|[:=]) ?gone\W*$|\bpost ?to ?connection\b[^\n]{0,20}\bgone\b|management ?api 410\b')
    OR ((regexp_matches(w,
    '\b(?:status|code|http|returned|answer(?:ed|s)|says|said|replied|response|error|got|received|with|after|because'
    '|due|failed)(?: ?code)?\W{0,3}(?:is |was |of |to |an? |http )*410\b|\b410 (?:for|from) (?:post ?to ?connection\b'
    '|(?:connection |client )?@)'
    '|\b410 (?:error|response)\b'
    '|(?:^|\b(?:a|an|the|of|by) )410 status\b|\bpost ?to ?connection\b[^\n]{0,20}\b410\b'
    '|\b(?:err\w*|res\w*|rc|ret|reason|outcome|post|sent|send|push|gone|answer) ?= ?410\b')
    -- (a number alone may be a score, a place or a time, unless the line is about a post or what is done about it, or says nothing else)
    OR and_then(regexp_matches(w, '(?:^|[:(|]) ?410\b|(?:, |\n)410\W*$|@\W{1,3}410\W*$|(?:[→>]|(?:^|[^\w ]) ?=) ?410\b'),
                regexp_matches(w, '\b(?:post|sen[dt]|push|deliver|broadcast|emit|publish|notif|forward|relay|fan ?out|fail|err'
    '|exception|unable|could ?n|can ?n|drop|purg|forg|evict|stale|dead|gone|remov|delet|prun|clean|skip|unreach|undeliver|reject|refus'
    '|status|code|http|respon|answer|return|repl(?:y|ied)|echo|api|gateway|reason|outcome|closed|lost|retr[iy])'
        '|(?:\b(?:connection|client|web ?socket|socket|ws|peer)|@)[^a-z]*(?:(?:has|is|was) )?(?:expired|not found|disconnected) \(410\b'
    '|^[^a-z]*(?:(?:connection|client|web ?socket|socket|ws|peer|user|player|id)\b[^a-z]*)*$')))
    AND NOT regexp_matches(w,
    '"": 410\b|\(410, ?-?\d|\bbytes\b[^\n]*\b410\W*$|\b(?:' || plural_client_words() || '|sessions|viewers|members'
    '|subscribers|messages|online|tokens?|count|seq(?:uence)?|cursor|offset|index|size|length|total|duration|latency|score|price'
    '|amount|id|version|line'
    '|port|(?:bid|bet|stake|offer|guess|reading|quantity|volume|points)(?: of| at)?)'
    '(?: (?:of|for|from) (?:connection )?@| received| sent| processed| delivered)?\W{1,3}410\b'
    '|\b410[ |]?(?:ms|milli\w*|[cghs]|sec\w*|bytes?|b|kb|mb'
    '|rows|items|keys|objects|entries|lines|char\w*|tokens|points|files|pages|requests|documents|users|messages'
    '|connections|clients|records|events|times|%|px)\b|\b410 (?:out )?of \d'))));

-- Whether a post got an empty answer, as that of a 410 is: "Failed to send to X: UnknownError" is all that the SDK for JavaScript then
-- says; its versions from the end of 2025 say "Unknown". Other errors have a message.
CREATE OR REPLACE MACRO failed_post() AS
    '\b(?:fail\w*|errors?|unable|(?:could|can) ?n[o'']t)(?: to| while| when| in)* '
    '(?:send\w*|post(?:ing)?|push(?:ing)?|deliver\w*|broadcast\w*|emit\w*|notify\w*|forward\w*|relay\w*)'
    '(?: (?:an?|the|messages?|data|updates?|events?|payload|response|reply|chunk|errors?|frame|command|results?|progress|ping|pong|back'
    '|web ?socket|ws|server|chat|game|state|to|for|on|via|client|connection|peer|player|user|recipient|device|socket|id))*';
CREATE OR REPLACE MACRO says_unanswered(w, dump) AS and_then(contains(dump, 'Unknown'), or_else(regexp_matches(w,
    failed_post() || '\W+unknown(?: ?error)?\W*$'
    '|^\W*(?:[\w-]+[ |]+){0,3}(?:send|post|push|broadcast|delivery)(?: (?:to|for|message|connection|client))* @ failed'
    '\W+unknown(?: ?error)?\W*$'),
    and_then(regexp_matches(dump, '\b(?i:err\w*|reason|message|msg)["'']?: ["'']Unknown(?:Error)?["'']'),
             regexp_full_match(w, '\W*(?:[\w-]+[ |]+){0,2}' || failed_post() || '\W*'))));

-- Whether a line names nothing but the exception, as at the end of a traceback, in a runtime's report, or from a handler that caught it
-- ("Error processing message: ..."), and does not say what could not be sent. Another line may have reported the same error.
CREATE OR REPLACE MACRO says_gone_alone(w) AS regexp_full_match(w,
    '(?:\W*\b(?:(?:[\w$.]+\.)?(?:api gateway management api\.model\.)?gone ?exception|an error occurred'
    '|when calling the [a-z ]+ operation|unknown(?: ?error)?|410|null|gone'
    -- what the SDKs for Go, Java and .NET add
    '|operation error api gateway management api|(?:, |: )post to connection, https response|status code|request id: [\w-]+'
    '|service: api gateway management api|of type|was thrown|stack trace'
    '|errors?|exception|fail(?:ed|ure)|invoke|uncaught|unhandled|unexpected|internal|promise rejection|service|lambda|function|main|in|to'
    '|while|during|handl\w*|process\w*|execut\w*|web ?socket|ws|message|request|event|route|action|default|router)\b)+\W*');

-- Beginnings of words for clearing a connection away, which a job does without a 410, too.
CREATE OR REPLACE MACRO clearing_words() AS
    '(?:remov|delet|clean|clear|prun|purg|evict|expir|drop|clos|reap|terminat|discard|kick|kill|cull|sweep|forget|unregister|deregister'
    '|disconnecting|wip|dispos)';
-- Whether words say that a connection is gone, no longer there or found to be stale, often right after the error itself.
CREATE OR REPLACE MACRO words_gone(w) AS and_then(regexp_matches(w,
    '(?:\b(?:connection|client|socket|peer|recipient|receiver)(?: id| of (?:\w+ )?[\w-]+)?|@)[^a-z]*'
    '(?:(?:is|was|has|are|already|now|appears?|does|seems?|to be|returned) )*'
    '(?:gone|no longer (?:exists?|available|connected|valid|open|active|alive|live|online|reachable|there)|stale|dead'
    '|already (?:disconnected|closed|left)|(?:disconnected|closed|left) already'
    '|(?:not (?:available|connected|valid|open|active|alive|reachable|there)|does ?n[o''] ?t exist) any ?more)\b'
    '|\b(?:target|' || client_words() || ') (?:is )?(?:now )?(?:gone|no longer (?:connected|reachable|there))\b'
    '|(?:\bconnection(?: @)?|\b(?:client|socket|peer|recipient|receiver) @|^\W*@) (?:was |is )?not found\W+(?:remov|delet|clean|prun|purg)'
    '|^\W*(?:(?:(?:ws|web ?socket|post|send|push)[ .:/|-]+)+gone|(?:(?:ws|web ?socket)[ .:/|-]+)?(?:post|send|push)[ .:/|-]+stale)\W*'
    '(?:$|\{|@|(?:[\w ]+: ?[\w-]+, )*connection @)'
    '|\bgone (?:connection|client|socket)\b'
    '|\bgone[;,] (?:remov|delet|prun|clean|skip)\w* (?:connection )?@|^\W*gone ?[-:,;@|]'
    '|@[^\n]{0,30}\(gone\)|@[^\n]{0,30}(?:, (?:it|which)|\bbecause it)(?: is| was| has|''s) (?:already |now )?gone\b'
    '|^\W*on gone\b|^\W*gone\W*$'
    '|\bfound (?:an? )?(?:stale|dead) (?:ws |web ?socket |client )?connection\b'
    '|\b(?:stale|dead) (?:ws |web ?socket |client )?connection (?:found|detected|@)'
    '|^\W*(?:stale|dead) (?:ws |web ?socket |client )?connection\b|^\W*(?:stale|dead) ?: ?(?:connection )?@'
    '|\b(?:stale|dead) (?:client|(?:web ?)?socket)(?: @|\W*$|[:;,])'),
    NOT regexp_matches(w,  -- a deleted row, a job that looks for such rows
    '\bgone\.[a-z]{2,4}\b|\bgone (?:from|through|to|wrong|missing|up|down|offline)\b'
    '|\b(?:gone|stale|dead) ?[:=] ?(?:\d\d?|[0-35-9]\d\d|\d{4,}|none|no|false)\b|\b(?:gone|stale|dead) ?: *(?:\||\(\))'
    '|\b(?:gone|stale|dead) (?:(?:connection |client )?(?:ids?|count|total|since|number)|letter\b[\w ]*|connections|clients) ?[:=]'
    '|\b(?:whether|check(?:ing)? if)\b|^\W*is (?:connection )?@ gone\b'
    '|\b(?:cached?|row|entry|record|item|key|token|file) (?:(?:of|for) )?@?[^\n]{0,20}\bgone\b'
    '|\b(?:' || clearing_words() || '|check|look|search|scan)\w*[^\n:]{0,20}\b(?:stale|dead)\b'
    '|\b(?:(?:stale|dead) (?:\w+ )?(?:connection|client|socket)(?: @)?|connection (?:stale|dead))'  -- (the word order of Romance languages)
    ' (?:is |was |has been )?(?:' || clearing_words() || '[a-z]?ed|swept)\b'
    '|\b(?:fail\w*|errors?|unable|could ?n[o'']t)(?: to)? (?:remov|delet|clean|prun|purg|evict)\w*[^\n:]{0,20}\bgone\b'
    '|\b(?:lock|lease|subscription|presence|session|timer|job|task|stream|context|token|cache|row|entry|record|item|key|code|link|cart'
    '|basket|room|game|match|lobby|order|seat|reservation|bid|offer|document|file|board|state|snapshot|history|quota|upload|export)'
    ' (?:of|for|d[aeo]l?|von|van) (?:the )?(?:connection |client |user )?@[^\n]{0,20}\b(?:gone|stale|dead|no longer|any ?more)\b'
    '|\bended\b[^\n]*\bstale\b|\b(?:stale|dead) connections\b'
    '|\bstale connection (?:clean|check|job|sweep)'));

-- Whether somebody, under whatever name, is gone: for records that name the connection.
CREATE OR REPLACE MACRO says_somebody_gone(w) AS and_then(regexp_full_match(w, '\W*[a-z][\w-]* (?:is )?gone\W*'),
    NOT regexp_matches(w, '\b(?:file|row|record|item|key|token|entry|cache|lock|lease|room|topic|table|url|link|page'
        '|object|message|subscription|order|job|task|stock|loot|enemy|npc|monster|offer|seat|slot|ticket|product|account|group|channel'
        '|image|photo|video|feed|endpoint|document)\b'));

-- Whether a stale connection is cleared away: what a handler does after a 410, and a job that looks for such connections without one.
CREATE OR REPLACE MACRO clears_stale(w) AS regexp_matches(w,
    '\b' || clearing_words() || '\w*(?: up| of)? (?:an? |the )?'
    '(?:stale|dead|expired|broken) (?:ws )?(?:connection|client|web ?socket|socket)\b'
    '|\bstale connection deleted\b');

CREATE OR REPLACE MACRO says_removal(w) AS regexp_matches(w, '\b(?:remov|delet|clean|prun|purg|evict|forg[eo]t|unregister)');

-- Other answers to a post. (The same digits occur in times and ids.)
CREATE OR REPLACE MACRO names_status(message, status) AS and_then(contains(message, status), regexp_matches(message,
    '(?i)(?:http|status|code|returned|answered|response|error)[\W_]{0,8}(?:is |was |of )?' || status || '\b'
    || '|[(>=] ?' || status || '\b'));
CREATE OR REPLACE MACRO tells_throttling(message) AS
    or_else(names_status(message, '429'), regexp_matches(message, '(?i)LimitExceeded|TooManyRequests|throttl|rate exceeded'));
CREATE OR REPLACE MACRO tells_lack_of_permission(message) AS
    or_else(names_status(message, '403'), regexp_matches(message, '(?i)Forbidden|AccessDenied|not authorized'));

-- ------------------------------------------------------------------------------------------ structured events

-- A tag with "client" for any word that means a client: listener.connected.
CREATE OR REPLACE MACRO with_clients_alike(tag) AS regexp_replace(tag, '^' || client_words()
    || '([ .:/-](?:(?:dis)?connect|gone|joined|left))', 'client\1');
-- What such a tag may begin with; `more` are further words, of the kind's own.
CREATE OR REPLACE MACRO tag_beginning(more) AS
    '(?:on|handle|ws|web ?socket|client|user|connection|chat|game|lobby|' || more || '|[ .:/$-])*';
-- The kind of signal that an event's own name or its route stands for. An application may log the same name in every route: API Gateway's
-- route then says which event it was. (A field that is only called "route" may hold something else.)
CREATE OR REPLACE MACRO kind_of_tag(tag, route, has_route_key, connection_id) AS CASE
    WHEN regexp_full_match(tag,
         '(?:ws|web ?socket|client|connection|post|[ .:/$-])*gone(?: exception| error)?') THEN 'gone'
    WHEN tag = 'connection api' THEN NULL  -- a call on a connection, in an access log
    WHEN lower(route) IN ('$connect', '$disconnect') THEN lower(ltrim(route, '$'))
    WHEN route = '$default' OR (has_route_key AND connection_id IS NOT NULL AND lower(route) NOT IN ('connect', 'disconnect'))
         THEN 'message'
    WHEN regexp_full_match(tag,
         tag_beginning('socket|session')
             || '(?:disconnect(?:ed|ion)?|closed?|terminated|ended|left)(?: (?:event|received|completed?|success\w*))?')
         THEN 'disconnect'
    WHEN regexp_full_match(tag,
         tag_beginning('socket|session'
             '|new') || '(?:connect(?:ed|ion)?|open(?:ed)?|established|accepted'
             '|joined)(?: (?:event|received|completed?|success\w*))?')
         THEN 'connect'
    WHEN regexp_full_match(tag,
         tag_beginning('inbound|incoming')
             || '(?:(?:received?[ .:/-])?(?:message|msg)(?:[ .:/-](?:event|received|in))?'
             '|(?:ws|web ?socket|socket)[ .:/-]received?)') THEN 'message'
    WHEN lower(route) IN ('connect', 'disconnect') THEN lower(route)  -- as code names it
    WHEN route IS NOT NULL AND connection_id IS NOT NULL THEN 'message' END;
