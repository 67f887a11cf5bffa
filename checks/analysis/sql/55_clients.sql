-- The client with most of the cases behind a share: a burst from one client says little about all others.
-- Reads lines, candidates, examples, connections, timed_cases (54_hours.sql).

-- The address that a connect came from: `sourceIp` in API Gateway's event, `ip` in an access log or its first word, or what a sentence
-- says: `connected: {connection_id} from 203.0.113.7`.
CREATE OR REPLACE MACRO address_of(message) AS coalesce(
    first_of(message, '(?i)\bsource_?ip[\\"'']*\s*[:=]\s*[\\"'']*([0-9a-f]*[.:][0-9a-f.:]+)'),
    first_of(message, '(?i)[{,]\s*[\\"'']*ip[\\"'']*\s*[:=]\s*[\\"'']*([0-9a-f]*[.:][0-9a-f.:]+)'),
    first_of(message, '^((?:\d{1,3}\.){3}\d{1,3}) '),
    first_of(message, '(?i)\bfrom (?:ip |address )?((?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]*:){2,7}[0-9a-f]*)(?:[^\w.:]|$)'));

-- (A search for an address is slow, so only templates with an address are searched, and only the first such line of a connection.)
CREATE OR REPLACE TEMP TABLE clients AS
WITH connects AS (
    SELECT seq, connection_id, template FROM lines WHERE list_contains(kinds, 'connect') AND connection_id IS NOT NULL
), addressed AS (
    SELECT DISTINCT template FROM examples SEMI JOIN connects USING (template) WHERE address_of(message) IS NOT NULL
), firsts AS (
    SELECT connection_id, min(seq) AS seq FROM connects SEMI JOIN addressed USING (template) GROUP BY connection_id
), addresses AS MATERIALIZED (  -- otherwise it is searched twice: for the condition, and for the column
    SELECT connection_id, address_of(message) AS client FROM firsts JOIN (SELECT seq, message FROM candidates) USING (seq)
)
FROM addresses WHERE client IS NOT NULL;

-- One address may stand for a whole office, or for a proxy if nobody has another address. A client that reconnects again and again has one
-- connection at a time, so an address with overlapping connections is not a client. A connection without a known address is a client of its
-- own: its welcome message may be retried again and again. A few cases are not a burst.
CREATE OR REPLACE MACRO client_with_most_cases(metric, since, until) AS TABLE
WITH judged AS (
    SELECT id, any_value(connection_id) AS connection_id, bool_or(is_case) AS is_case
    FROM timed_cases WHERE name = metric AND timestamp >= since AND timestamp < until
    GROUP BY id
), dated AS (
    SELECT coalesce(client, connection_id) AS client, id, connection_id, is_case,
           began < max(coalesce(ended, began)) OVER earlier AS is_at_once  -- without its own rows: each try of a welcome is a case
    FROM judged JOIN (FROM connections WHERE state <> 'earlier') USING (connection_id)
         LEFT JOIN (FROM clients WHERE (SELECT count(DISTINCT client) FROM clients) > 1) USING (connection_id)
    WINDOW earlier AS (PARTITION BY coalesce(client, connection_id) ORDER BY began RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), shares AS (
    SELECT client, count(*) AS n, count(*) FILTER (is_case) AS cases, count(*) FILTER (is_at_once) AS at_once,
           min(connection_id) FILTER (is_case) AS connection_id
    FROM dated GROUP BY client
)
SELECT n, cases, connection_id FROM shares
WHERE cases >= 5 AND at_once <= n / 10
ORDER BY cases DESC, client LIMIT 1;
