-- What was seen beside the errors, and so tells their likely causes apart. Each row is a name and how often.
-- Reads gone_errors, signals, lines, candidates, meanings, connections, welcomes, evidence_cases.
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
    SELECT 'closed_' || close_code AS name FROM lines WHERE is_counted AND list_contains(kinds, 'disconnect')
), failures AS (
    SELECT lines.* FROM evidence_cases AS cases JOIN lines USING (seq) WHERE cases.kind = 'welcome_failed'
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
    UNION ALL SELECT 'welcome_throttled' FROM failures WHERE is_throttled
    UNION ALL SELECT 'welcome_forbidden' FROM failures WHERE is_forbidden
    UNION ALL SELECT 'welcome_contradicted' FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent
    UNION ALL SELECT 'cold_start' FROM candidates JOIN (FROM meanings WHERE meaning.is_cold_start) USING (template) WHERE is_counted
    UNION ALL SELECT 'timeout' FROM candidates JOIN (FROM meanings WHERE meaning.is_timeout) USING (template) WHERE is_counted
)
SELECT name, count(*) AS times FROM named WHERE name IS NOT NULL GROUP BY name ORDER BY times DESC, name;
