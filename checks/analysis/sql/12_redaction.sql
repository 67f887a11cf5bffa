-- Redaction of what a log line holds but no reader of a report needs: secrets, addresses, and what users wrote. (RE2: linear time.)
-- A message leaves the engine as redacted(message), an id as shown_id(id). A value is hidden if it stands where secrets stand, whatever it
-- looks like, or if it looks like a secret, wherever it stands. In case of doubt, it is hidden.
-- Variables: redact (list of {name, pattern}: what the user wants redacted besides; may be NULL).

-- ------------------------------------------------------------------------------------------ places

-- How a value follows its key, quoted or not, in text that may itself be quoted or encoded: "k": v, 'k' => v, k=v, \"k\": v, <k>v, k%3Dv,
-- a[k]=v, "k";s:1:"v"; and what may precede the value: Secret('v'), {"S": "v"}, <![CDATA[v]]>.
CREATE OR REPLACE MACRO blank() AS '(?:\s|\\[nrt]|%20|\\u0020)*';
CREATE OR REPLACE MACRO mark_in_code() AS '(?:&(?:quot|apos|#3[49]|#x2[27]);|\\[ux](?:00)?2[27]|%2[27])';
CREATE OR REPLACE MACRO bound_anyhow() AS '(?:\]?\\*["''`]|[”’»]|' || mark_in_code() || ')?'
    '(?:(?::\w+){0,2}\]\s*=>?|(?: \(\w+\))?[.\s]*(?:=>|::?=|[-~]>|==|[?!]?:|[=>→⇒：＝]'
    '|%3[ADEade]|\\[ux](?:00)?3[adeADE]|&#(?:58|6[12]);|&(?:equals|colon|gt);|[|│]|\t|;s:\d+:)|(?:\s[\w:.-]+=\\*"[^"<>\\]*\\*")+>)'
    || blank() || mark_in_code() || '?'
    '(?:\s*\w+[(\[](?:\w+=)?|<!\[CDATA\[|!+\w+ |-\s|[|>][+-]?' || blank() || '|\{\s*\\*["''](?:S|secret|\w*[vV]alue)\\*["'']\s*:)?';
-- In a list of headers, the value is the next item, or has a key of its own; in a form, it is the text below its name.
CREATE OR REPLACE MACRO bound_in_list() AS '\\*["'']\s*[,\s]\s*(?:\\*["'']?\w+\\*["'']?\s*:\s*\\*["'']\w*\\*["'']\s*,\s*)?'
    '(?:\\*["'']?(?i:v|val|value|input)\b' || bound_anyhow() || '\s*)?';
CREATE OR REPLACE MACRO bound_in_form() AS '\\*["''](?:\s[^<>{}"'']*>|(?:\\+[rn]|[\r\n]){2,})';
-- A value without quotation marks, up to what may end one; text that was redacted before is part of it.
CREATE OR REPLACE MACRO bare_rest() AS '(?:\[\w+\]|[^\s"`,;&{}()\[\]<>\\]|\\[^nrt"''\s\\])*';
CREATE OR REPLACE MACRO bare() AS '(?:\[\w+\]|[^\s"''`,;&{}()\[\]<>\\]|\\[^nrt"''\s\\])' || bare_rest();
-- A value may be on the next line; a quoted one may be in a list.
CREATE OR REPLACE MACRO quoted_values() AS
    '(?:\[[\s\[]*(?:' || quoted() || '[\s,]*)+\]*|(?:[uUrR]?' || quoted() || ')+)' || bare_rest();
CREATE OR REPLACE MACRO values_of(key, bare_value) AS '(' || key || bound_anyhow() || '\s*)(?:' || quoted_values()
    || '|' || bare_value || '|[\[{<“‘«][^\[{<\]}>”’»\s]*[\]}>”’»]' || bare_rest() || ')';
CREATE OR REPLACE MACRO values_in_list(key) AS
    '(' || key || bound_in_list() || ')(?:' || quoted_values() || '|\[redacted\])|(' || key || '(?:' || bound_in_form()
    || '|(?:\s|\\[nr])+(?i:value)\s*:\s+))' || bare();
-- A pair of C#: [key, value].
CREATE OR REPLACE MACRO value_in_pair(key) AS '(\[[\w.-]*' || key || ', )(?:\[\w+\]|[^\[\],\n])+';

-- Keys of secrets, by how they end: client_secret, X-Api-Key, X-Amz-Security-Token, sessionToken ...
CREATE OR REPLACE MACRO password_key() AS
    '(?i:secret|passw(?:or)?[dt]|pass_?(?:phrase|code|key)|(?:\b|_)(?:pwd?|psw|pass|pin|pincode|t?otp)|bind_?pw|(?-i:[a-z]Pass\b)'
    '|kennwort|contraseña|\bclave|senha|mot[_ ]?de[_ ]?passe|parola|heslo|jelszó|salasana|adgangskode|şifre'
    '|wachtwoord|lösenord|hasło|пароль|密[码碼]|パスワード|비밀번호)';
CREATE OR REPLACE MACRO secret_key() AS '(?:' || password_key() ||
    '|(?i:token|(?:api|access|secret|private|signing|encryption|master|account|application|functions?|subscription|shared|stripe'
    '|activation|reset|licen[cs]e|session|enc|aes|hmac|data|storage|admin|\bx-[\w-]{1,20})[_-]?key(?:[_-]?id)?|signature(?:-\d+)?'
    '|credentials?|sess(?:ion)?(?:[_-]?id)?|basic_?auth|(?:secret|security)_?answer'
    '|(?:\b|_)(?:jwt|auth|mfa|cv[vc]2?|ssn|csrf|hmac(?:-sha\d+)?|salt|nonce|dsn|pem|auth_tkt|remember_?me)'
    '|(?:verification|confirmation|activation|reset|invit(?:e|ation)|device|user|recovery|backup|security|auth|login|sms|mfa|otp|pin'
    '|one_?time)_?codes?'
    '|connection_?string|webhook_?url|oauth_verifier|code_verifier|client_assertion|saml_?(?:response|request)'
    '|(?:captcha|turnstile)-response|sec-websocket-(?:key|accept)|user[_-]?agent))'
    -- what the secret is, or what it is in: password_confirmation, tokenHash, authHeader, SECRET_KEY_BASE
    '(?i:_?(?:confirmation|hash|hint|value|base|header|string|binary|sig|pem)|\d)?';
CREATE OR REPLACE MACRO authorization_key() AS '(?i:authorization(?:_?header)?)';
CREATE OR REPLACE MACRO cookie_key() AS '(?i:cookies?(?:_?header)?)';
CREATE OR REPLACE MACRO protocol_key() AS '(?i:sec-websocket-protocol)';
-- After a scheme: one value, or several with names of their own.
CREATE OR REPLACE MACRO authorization_value() AS
    '(?:\[[A-Za-z][\w-]* ' || bare() || '\]|(?:(?i:bearer|basic|digest|token|negotiate|splunk|(?:api|[\w-]+-)?key'
    '|aws4-hmac-sha256|aws|ntlm|oauth|hawk|mac|dpop|ssws|signature|[\w-]*hmac[\w-]*'
    '|shared(?:key|accesssignature))(?: |\t|\\+t|%20)+)?(?:[\w-]+=\\*"[ !#-\[\]-~]*\\*"?(?:[,;&] *[\w-]+=\\*"?[\w.+/=:~%-]*\\*"?)*'
    || bare_rest() || '|' || bare() || '))';

CREATE OR REPLACE MACRO listed_key() AS
    '(?i:authorization|cookie|token|key|sec-websocket-protocol|passw(?:or)?d|secret|session(?:[_-]?id)?)';
CREATE OR REPLACE MACRO without_request_values(message) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(message,
    -- https://user:password@host, https://token@host; user:password@tcp(host)
    '(//[^\s/:@"'']*:|\bthin:\w+/)[^\s"]+@|(//)[\w.~%-]{8,}@|(\b[\w.-]+:)[^\s"@]+@(tcp\(|unix\()', '\1\2\3[redacted]@\4', 'g'),
    values_in_list(listed_key()), '\1\2[redacted]', 'g'), value_in_pair(listed_key()), '\1[redacted]', 'g'),
    values_of(authorization_key(), authorization_value()), '\1[redacted]', 'g'),
    values_of(cookie_key(), '(?:[\w.-]+=' || quoted_once() || '|' || bare() || ')' || '(?:; *' || bare() || ')*'), '\1[redacted]', 'g'),
    values_of(protocol_key(), bare() || '(?:, *[^\s,:="''\\]+)*'), '\1[redacted]', 'g');
-- In commands and sentences, a value follows a space: --password v, -u name:v, the token 'v', password is v1. (But a word may also say what
-- becomes of the secret: "password expired".)
CREATE OR REPLACE MACRO named_secret() AS
    '(?i:passw(?:or)?[dt]|secret|passcode|\bpin|token|api[_ -]?key|(?:access|secret)[_-]key|credentials?|\bjwt)';
CREATE OR REPLACE MACRO without_values_in_sentences(message) AS regexp_replace(message,
    '((?:^|\s)(?:(?:--?|ENV )[\w.-]*(?:' || named_secret() || '|pass(?:phrase)?) +'
    '|(?:-u|--user|--proxy-user|--auth)[ =]+["'']?[^\s:"'']+:)|(?i:passw(?:or)?[dt] \())(?:'
    || quoted_once() || '|' || bare() || ')'
    '|((?:' || named_secret() || '(?i: is| was| now| set to| changed from)*|(?i:identified by)) )'
    '(?:[A-Za-z_+/.~!?$%^*#-]*\d[\w+/.=~!?$%^*#-]{5,}|[A-Za-z_+/.~!?$%^*#-]{5,}\d[\w+/.=~!?$%^*#-]*'
    '|\\*["''`][\w+/=.~!$%^*#-]{3}[^"''`\n]*["''`])', '\1\2[redacted]', 'g');
CREATE OR REPLACE MACRO without_secret_values(message) AS without_values_in_sentences(regexp_replace(regexp_replace(regexp_replace(message,
    '((?i:token|secret|passw(?:or)?d|credentials?|authorization|cookies?)\\*["'']?\s*(?:=>|[:=])\s*)\{[^{}]*\}'
    || bare_rest(), '\1[redacted]', 'g'),
    values_of(secret_key(), bare()), '\1[redacted]', 'g'),
    '([?&](?:key|code|sig|ticket|state|sid|refresh|magic|invite|assertion)=)' || bare(), '\1[redacted]', 'g'));

-- ------------------------------------------------------------------------------------------ looks

CREATE OR REPLACE MACRO without_secrets_by_look(message) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(message,
    '(?s)-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)', '[redacted]', 'g'),
    -- "Bearer token" and "Basic authentication" are words, not secrets
    '\b((?i:bearer|basic|splunk|geniekey|ssws)(?: +|%20|\+))(?:[\w.~+/-]*[0-9A-Z_~+/][\w.~+/-]*|[a-z.-]{15,})=*', '\1[redacted]', 'g'),
    '\beyJ(?:[\w-]{5,}\.|[\w-]{17,})(?:[\w-]*\.?){0,4}', '[token]', 'g'),  -- a JWT, or as much of it as was logged; not an id
    -- of AWS, GitHub, GitLab, Slack, Google; of Stripe and others; webhook addresses, which are secrets themselves
    '\b(?:A(?:[KSB]IA|CCA|ROA|IDA|GPA|N[PV]A|IPA|SCA|PKA)[A-Z0-9]{12,}|gh[opsur]_\w{16,}|github_pat_\w{16,}'
    '|xox[a-z](?:\.xox[a-z])?-[\w-]{12,}'
    '|AIza[\w-]{30,}|[prs]k[_-][\w-]{16,}|gl[a-z]{2,5}-[\w-]{16,}|xapp-[\w-]{12,}|ya29\.[\w-]{20,}'
    '|(?:npm|hf|gsk|shp[a-z]{2}|whsec|sbp|nfp|figd|r8|do[opr]_v1|lin_api|sntry[su])_\w{16,}'
    '|SG\.[\w.-]{16,}|hv[brs]\.[\w-]{16,}|dapi[0-9a-f]{30,}|pypi-\w{20,}|tskey-\w+-\w{16,}|[0-9]{8,10}:AA[\w-]{30,}'
    '|(?:hooks\.(?:slack\.com/(?:services|triggers|workflows)|zapier\.com/hooks/catch)|webhook\.office\.com/webhookb2'
    '|maker\.ifttt\.com/trigger|hook\.\w+\.make\.com|loggly\.com/inputs|discord(?:app)?\.com/api/webhooks)/[\w/@-]+)', '[token]', 'g'),
    -- a cookie; padded base64 that is longer than an id
    '(\b[\w.-]+=)[^\s;"'']+(; *(?i:path=|expires=|max-age=|domain=|httponly|samesite=))|\b[\w-]{24,}(?:==|=([\s,;)\]}]|$))',
    '\1[redacted]\2\3', 'g');

-- Letters of all alphabets in use, digits and the underscore. (RE2 takes twenty times as long to prepare \pL.)
CREATE OR REPLACE MACRO letter_class() AS 'A-Za-z\x{AA}\x{B5}\x{BA}\x{C0}-\x{1FFF}\x{3005}-\x{3007}\x{3031}-\x{D7FF}';
CREATE OR REPLACE MACRO word_class() AS '\w' || letter_class();
-- Without e-mail, IP and MAC addresses. "Chrome/120.0.0.0" is a version. The first group of an IPv6 address does not continue a word:
-- times, `std::string` and "::" alone are not addresses.
CREATE OR REPLACE MACRO without_addresses(message) AS regexp_replace(replace(regexp_replace(regexp_replace(regexp_replace(message,
    '(?:[' || word_class() || '.+%-]|\\u[0-9a-f]{4})+'
    '(?:@|%(?:25)?40|\\+(?:(?:u00|x)40|uff20)|&(?:#(?:64|x40)|commat);|＠| ?[\[(]at[\])] ?)'
    '(?:[' || word_class() || '-]|\\u[0-9a-f]{4})+(?:\.(?:[' || word_class() || '-]|\\u[0-9a-f]{4})+)+', '[email]', 'g'),
    '(\b[A-Z][A-Za-z]{2,}/\d+(?:\.\d+){3})|(?:\d{1,3}\[?\.\]?){3}\d{1,3}\b|\b(?:ip|ec2)(?:-\d{1,3}){4}\b', '\1' || chr(1), 'g'),
    '(\b[A-Z][A-Za-z]{2,}/\d+(?:\.\d+){3})\x01', '\1', 'g'),
    chr(1), '[ip]'),
    '(?i)(^|[^\w:.\]-]|\b[a-z]{2,}[:=])(?:(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}'
    '|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})\b|(?:[0-9a-f]{1,4}:){2,7}:)|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b', '\1[ip]', 'g');
-- Without numbers of telephones, cards and accounts. (Two groups of four digits may be part of a UUID, which is none of these.)
CREATE OR REPLACE MACRO without_numbers_of_people(message) AS replace(regexp_replace(regexp_replace(message,
    '(\b' || uuid_pattern() || '\b)'
    '|((?i:phone|mobile|\btel|\bfax|\biban|\bimei)\w*["'']?(?:\s*[:=]\s*| )["'']?(?:%2B)?)[\d+(][\d ().-]{5,}\d'
    '|\+\d[\d ().-]{6,18}\d|\(0\d{2,4}\) ?\d{3,}|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b|\b\d{3}[. ]\d{3}[. ]\d{4}\b'
    '|\b0\d{2,4}/\d{5,8}\b|\b[12] \d\d \d\d \d\d \d{3} \d{3} \d\d\b'
    '|\b0\d{2,4} (?:\d{6,8}|\d{3,4} \d{3,6})\b|\b0\d(?: \d\d){4}\b|\b00\d\d(?: \d{2,8}){2,4}\b|\b\d{3}[- ]\d\d[- ]\d{4}\b'
    '|\b[2-6]\d{3}[ \x{a0}.-]\d{4,6}[ \x{a0}.-]\d{4,5}(?:[ \x{a0}.-]\d{1,7})?\b|\b[2-6]\d{12,18}\b'
    '|\b[A-Z]{2}\d\d(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b', '\1\2' || chr(1), 'g'),
    '(' || uuid_pattern() || ')\x01', '\1', 'g'),
    chr(1), '[number]');
-- What a browser says of itself is many words. They are replaced as a whole, before a rule for the key hides only the first of them.
CREATE OR REPLACE MACRO without_agents(message) AS regexp_replace(message, '\bMozilla/\d[^"''\n\\]*', '[agent]', 'g');

-- ------------------------------------------------------------------------------------------ what users wrote

-- Text under the keys that the grammar knows for a user's; under "message", too, within a body or beside the action that it asks for.
CREATE OR REPLACE MACRO with_bodies_hidden(message) AS regexp_replace(regexp_replace(regexp_replace(message,
    body_pattern() || bare_rest(), '\1[body]', 'g'),
    '(\b(?:\w*[bB]ody|text|content|payload|data)=)' || bare(), '\1[body]', 'g'),
    '(\b(?:(?:\w*[bB]ody|payload|S[nN][sS]'
    '|(?i:received|incoming|inbound|parsed|raw) (?:message|data|text))\\*["'']?\s*(?:=>|[:=])\s*\{[^{}]*?'
    '|action' || bound_anyhow() || '\s*\\*["''](?:send_?[mM]essage|message|chat|broadcast|say|ask)\\*["'']\s*,\s*\\*["'']?)'
    '\b(?:[mM]essage|msg)' || bound_anyhow() || '\s*)' || quoted() || bare_rest(), '\1[body]', 'g');

-- Text behind a label ("Message content: ..."), in a line of text or as the message of a JSON record. A dump behind the label is hidden by
-- its keys; "... sending response: " is followed by the error.
CREATE OR REPLACE MACRO label_in_record() AS
    '("(?:message|msg|event)"\s*:\s*"[^"{\\]*?\b(?i:received|incoming|inbound|parsed|raw|user|chat|text) '
    '(?i:message|data|text|input|query)(?: body)?(?: from [^:"\n]+)?\s*[:=] )[^"{\\\s](?:[^"\\]|\\.)*';
CREATE OR REPLACE MACRO tells_error_of_sending(said) AS says_sending_failed(said) OR regexp_matches(said,
    '^[^{\n]*?\b(?:send|post|deliver|push)(?:ing)?\b[^:={\n]*[:=] (?:An error occurred|[\w.]*(?:Error|Exception)\b)');
-- (A macro would repeat its arguments, and DuckDB would prepare each copy anew; a lambda names them once.)
CREATE OR REPLACE MACRO with_quotation_hidden(said) AS list_transform([with_ids_at_once(said)], lambda at_once: CASE
    WHEN regexp_matches(at_once, label_in_record()) THEN regexp_replace(at_once, label_in_record(), '\1[body]')
    WHEN tells_error_of_sending(said) THEN said
    ELSE list_transform([regexp_replace(at_once, quotation_label() || '[^{\s].*|' || typed_value(), '\1\2\3[body]')],
                        lambda hidden: if(hidden = at_once, said, hidden))[1] END)[1];
CREATE OR REPLACE MACRO with_quotations_hidden(message) AS list_transform([message], lambda written:
    list_transform([without_prefix(written)], lambda said:
        left(written, length(written) - length(said)) || with_quotation_hidden(said))[1])[1];

-- ------------------------------------------------------------------------------------------ all of it

CREATE OR REPLACE MACRO without_own_patterns(message) AS list_reduce(
    list_prepend({name: '', pattern: message}, coalesce(getvariable('redact'), [])),
    lambda so_far, rule: {name: '', pattern: regexp_replace(so_far.pattern, rule.pattern, '[' || rule.name || ']', 'g')}
).pattern;

-- The user's own patterns come last: they add to the others and cannot switch them off.
CREATE OR REPLACE MACRO redacted(message) AS
    without_own_patterns(without_numbers_of_people(without_addresses(without_secret_values(
        without_request_values(without_secrets_by_look(without_agents(
            with_bodies_hidden(with_quotations_hidden(message)))))))));

-- Names that AWS itself gives, to a request, a connection or a log stream, hold no secrets.
CREATE OR REPLACE MACRO is_name_by_aws(text) AS getvariable('redact') IS NULL AND regexp_full_match(text,
    uuid_pattern() || '|' || gateway_id_pattern() || '|\d{4}/\d\d/\d\d/\[(?:\$LATEST|\d+)\][0-9a-f]{32}');

-- A line may claim any text as an id; a real id stays as it is.
CREATE OR REPLACE MACRO shown_id(id) AS left(redacted(id), 128);

-- The beginning of a text, far more than values.py looks at, so what the cut splits is not shown, whole or in part. (Each of a dozen rules
-- copies a text, and twenty texts of a megabyte would take a gigabyte. An ellipsis replaces dumped bytes.)
CREATE OR REPLACE MACRO beginning_of(text) AS replace(left(text, 60_000), chr(127), '…');

-- Without what a terminal would obey or an eye would not see; lines and tabs stay. (Like without_control_characters() in text.py.)
CREATE OR REPLACE MACRO harmless(text) AS regexp_replace(text,
    '[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}]+', ' ', 'g');
