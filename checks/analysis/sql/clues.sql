-- What was seen beside the errors, and so tells their likely causes apart. Each row is a name and how often.
-- Reads gone_errors, signals, lines, connections, welcomes, cases.
CREATE OR REPLACE TEMP VIEW clues AS
WITH errors AS (
    SELECT g.seq, g.connection_id, g.timestamp, c.began, c.ended,
           g.request_id IN (SELECT request_id FROM signals WHERE kind = 'connect') IS TRUE AS in_connect,
           (SELECT max(s.timestamp) FROM signals s
            WHERE s.connection_id = g.connection_id AND s.kind <> 'gone' AND s.timestamp < g.timestamp) AS last_sign
    FROM gone_errors g LEFT JOIN connections c USING (connection_id)
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
    FROM lines WHERE in_window(timestamp) AND list_contains(kinds, 'disconnect')
), failures AS (
    FROM cases WHERE kind = 'welcome_failed'
), named AS (
    SELECT name FROM explained
    UNION ALL SELECT name FROM ends
    UNION ALL SELECT 'gone_repeated' FROM gone_errors WHERE connection_id IS NOT NULL
              QUALIFY row_number() OVER (PARTITION BY connection_id ORDER BY timestamp, seq) > 1
    UNION ALL SELECT 'lost_after_gone' FROM connections
              WHERE state = 'lost' AND connection_id IN (SELECT connection_id FROM gone_errors)
    UNION ALL SELECT state FROM connections WHERE state IN ('lost', 'headless')
    UNION ALL SELECT 'short_after_gone' FROM cases
              WHERE kind = 'short_lived' AND connection_id IN (SELECT connection_id FROM gone_errors)
    UNION ALL SELECT 'short_without_welcome' FROM cases
              WHERE kind = 'short_lived' AND connection_id IN (SELECT connection_id FROM cases WHERE kind = 'undelivered')
    UNION ALL SELECT 'welcome_gone' FROM failures WHERE seq IN (SELECT seq FROM gone_errors)
    UNION ALL SELECT 'welcome_throttled' FROM failures JOIN lines USING (seq)
              WHERE regexp_matches(message, '(?i)LimitExceeded|TooManyRequests|throttl|rate exceeded|\b429\b')
    UNION ALL SELECT 'welcome_forbidden' FROM failures JOIN lines USING (seq)
              WHERE regexp_matches(message, '(?i)Forbidden|AccessDenied|not authorized|\b403\b')
    UNION ALL SELECT 'welcome_contradicted' FROM welcomes WHERE in_window(timestamp) AND is_contradicted AND NOT is_sent
    UNION ALL SELECT 'cold_start' FROM lines WHERE in_window(timestamp) AND is_cold_start(message)
    UNION ALL SELECT 'timeout' FROM lines WHERE in_window(timestamp) AND is_timeout(message)
)
SELECT name, count(*) AS times FROM named WHERE name IS NOT NULL GROUP BY name ORDER BY times DESC, name;
