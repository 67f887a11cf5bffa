-- What was seen beside the errors, and so tells their likely causes apart. Each row is a name and how often.
-- Reads gone_errors, signals, lines, connections, welcomes, evidence_cases.
-- The status of an answer: the same digits stand in times and ids.
CREATE OR REPLACE MACRO names_status(message, status) AS regexp_matches(message,
    '(?i)(?:http|status|code|returned|answered|response|error)[\W_]{0,8}(?:is |was |of )?' || status || '\b'
    || '|[(>=] ?' || status || '\b');

CREATE OR REPLACE TEMP VIEW indicators AS
WITH signs AS (
    SELECT seq, kind, max(timestamp) FILTER (kind <> 'gone') OVER before AS last_sign
    FROM signals SEMI JOIN gone_errors USING (connection_id)
    WINDOW before AS (PARTITION BY connection_id ORDER BY timestamp RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), errors AS (
    SELECT g.seq, g.connection_id, g.timestamp, c.began, c.ended, s.last_sign,
           g.request_id IN (SELECT request_id FROM signals WHERE kind = 'connect') IS TRUE AS in_connect
    FROM gone_errors g LEFT JOIN connections c USING (connection_id) LEFT JOIN signs s USING (seq, kind)
), explained AS (
    SELECT CASE WHEN in_connect THEN 'gone_in_connect'
                WHEN timestamp > ended THEN 'gone_after_disconnect'
                WHEN timestamp >= began + getvariable('look_back') THEN 'gone_after_lifetime'
                WHEN timestamp - last_sign >= 600_000 THEN 'gone_after_idle'
                WHEN timestamp - began < 5_000 THEN 'gone_soon'
                WHEN began IS NULL AND connection_id IS NOT NULL THEN 'gone_unknown' END AS name
    FROM errors
), ends AS (
    SELECT 'closed_' || first_of(message, '(?i)disconnectStatusCode\W{1,6}(\d{4})\b') AS name
    FROM (FROM lines WHERE is_counted AND list_contains(kinds, 'disconnect')) JOIN candidates USING (seq)
), failures AS MATERIALIZED (  -- so that their messages are searched, and not those of all lines
    SELECT seq, message FROM evidence_cases AS cases JOIN candidates USING (seq) WHERE cases.kind = 'welcome_failed'
), named AS (
    SELECT name FROM explained
    UNION ALL SELECT name FROM ends
    UNION ALL SELECT 'gone_repeated' FROM gone_errors WHERE connection_id IS NOT NULL
              QUALIFY row_number() OVER (PARTITION BY connection_id ORDER BY timestamp, seq) > 1
    UNION ALL SELECT 'lost_after_gone' FROM connections
              WHERE state = 'lost' AND connection_id IN (SELECT connection_id FROM gone_errors)
    UNION ALL SELECT state FROM connections WHERE state IN ('lost', 'headless')
    UNION ALL SELECT 'short_after_gone' FROM evidence_cases
              WHERE kind = 'short_lived' AND connection_id IN (SELECT connection_id FROM gone_errors)
    UNION ALL SELECT 'short_without_welcome' FROM evidence_cases
              WHERE kind = 'short_lived' AND connection_id IN (SELECT connection_id FROM evidence_cases WHERE kind = 'undelivered')
    UNION ALL SELECT 'welcome_gone' FROM failures WHERE seq IN (SELECT seq FROM gone_errors)
    UNION ALL SELECT 'welcome_throttled' FROM failures
              WHERE regexp_matches(message, '(?i)LimitExceeded|TooManyRequests|throttl|rate exceeded')
                 OR names_status(message, '429')
    UNION ALL SELECT 'welcome_forbidden' FROM failures
              WHERE regexp_matches(message, '(?i)Forbidden|AccessDenied|not authorized') OR names_status(message, '403')
    UNION ALL SELECT 'welcome_contradicted' FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent
    UNION ALL SELECT 'cold_start' FROM candidates JOIN (FROM meanings WHERE meaning.is_cold_start) USING (template) WHERE is_counted
    UNION ALL SELECT 'timeout' FROM candidates JOIN (FROM meanings WHERE meaning.is_timeout) USING (template) WHERE is_counted
)
SELECT name, count(*) AS times FROM named WHERE name IS NOT NULL GROUP BY name ORDER BY times DESC, name;
