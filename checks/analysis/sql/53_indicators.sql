-- What was seen beside the errors, and so distinguishes their likely causes: each row of `indicator_facts` is a name, and the line or the
-- connection on which it was seen. Of causes that explain each other, only the first is named.
-- Reads gone_errors, signals, lines, keyed_lines, starts, meanings, connections, welcomes, evidence_cases.
CREATE OR REPLACE TEMP TABLE indicator_facts AS
WITH signs AS (
    SELECT seq, kind, max(timestamp) FILTER (kind <> 'gone') OVER before AS last_sign,
           max(timestamp) FILTER (kind = 'message') OVER (PARTITION BY connection_id) AS last_message
    FROM signals SEMI JOIN gone_errors USING (connection_id)
    WINDOW before AS (PARTITION BY connection_id ORDER BY timestamp RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), errors AS (
    SELECT g.seq, g.connection_id, g.timestamp, c.began, c.ended, s.last_sign, s.last_message,
           g.request IN (SELECT request FROM signals WHERE kind = 'connect') IS TRUE AS in_connect
    FROM gone_errors g LEFT JOIN connections c USING (connection_id) LEFT JOIN signs s USING (seq, kind)
), explained AS (
    SELECT CASE WHEN in_connect THEN 'gone_in_connect'
                WHEN timestamp > ended THEN 'gone_after_disconnect'
                WHEN timestamp >= began + getvariable('lifetime_limit') THEN 'gone_after_lifetime'
                WHEN timestamp - began < 5_000 THEN 'gone_soon'
                WHEN last_message - timestamp >= 5_000 THEN 'gone_alive'  -- not a message that was on its way when the client left
                WHEN timestamp - last_sign >= 600_000 THEN 'gone_after_idle'
                WHEN began IS NULL AND connection_id IS NOT NULL THEN 'gone_unknown' END AS name,
           seq, connection_id
    FROM errors
), cold_starts AS (
    -- An execution environment is started for the request that begins next in its log stream.
    SELECT c.seq, s.request
    FROM (FROM keyed_lines JOIN (FROM meanings WHERE meaning.is_cold_start) USING (key) WHERE is_counted) c
         ASOF LEFT JOIN starts s
      ON c.stream = s.stream AND coalesce(c.log_group, '') = coalesce(s.log_group, '')
     AND moment(c.timestamp, c.seq) <= moment(s.timestamp, s.seq)
), slow_requests AS (
    SELECT 'cold_start' AS name, seq, request FROM cold_starts
    UNION ALL SELECT 'timeout', seq, request
              FROM keyed_lines JOIN (FROM meanings WHERE meaning.is_timeout) USING (key) WHERE is_counted
), request_connections AS (
    SELECT request, any_value(connection_id) AS connection_id
    FROM signals SEMI JOIN slow_requests USING (request) WHERE connection_id IS NOT NULL
    GROUP BY request
    HAVING count(DISTINCT connection_id) = 1
), failures AS (
    SELECT lines.*, cases.connection_id AS failed_id
    FROM evidence_cases AS cases JOIN lines USING (seq) WHERE cases.kind = 'welcome_failed'
), first_errors AS (
    SELECT connection_id, min(timestamp) AS first_error FROM gone_errors GROUP BY ALL
), short_lived AS (
    SELECT seq, connection_id, coalesce(first_error <= timestamp, false) AS is_after_gone  -- timestamp is its end
    FROM evidence_cases LEFT JOIN first_errors USING (connection_id) WHERE kind = 'short_lived'
), named AS (
    FROM explained
    UNION ALL SELECT 'closed_' || close_code, min(seq), connection_id FROM lines
              WHERE is_counted AND close_code IS NOT NULL AND list_contains(kinds, 'disconnect')
              GROUP BY close_code, connection_id, CASE WHEN connection_id IS NULL THEN seq END
    UNION ALL SELECT 'gone_repeated', seq, connection_id FROM gone_errors ANTI JOIN (FROM explained WHERE name = 'gone_alive') USING (seq)
              WHERE connection_id IS NOT NULL
              QUALIFY row_number() OVER (PARTITION BY connection_id ORDER BY timestamp, seq) > 1
    UNION ALL SELECT CASE WHEN state = 'lost' AND connection_id IN (SELECT connection_id FROM gone_errors) THEN 'lost_after_gone'
                          ELSE state END, NULL, connection_id
              FROM connections WHERE state IN ('lost', 'headless')
    UNION ALL SELECT 'short_after_gone', seq, connection_id FROM short_lived WHERE is_after_gone
    UNION ALL SELECT 'short_without_welcome', seq, connection_id FROM short_lived
              WHERE NOT is_after_gone AND connection_id IN (SELECT connection_id FROM evidence_cases WHERE kind = 'undelivered')
    UNION ALL SELECT 'welcome_gone', seq, failed_id FROM failures WHERE seq IN (SELECT seq FROM gone_errors)
    UNION ALL SELECT 'welcome_throttled', seq, failed_id FROM failures WHERE is_throttled
    UNION ALL SELECT 'welcome_forbidden', seq, failed_id FROM failures WHERE is_forbidden
    UNION ALL SELECT 'welcome_contradicted', NULL, connection_id FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent
    UNION ALL SELECT name, seq, connection_id FROM slow_requests LEFT JOIN request_connections USING (request)
)
FROM named WHERE name IS NOT NULL;

-- How often each indicator was seen in the window.
CREATE OR REPLACE TEMP VIEW indicators AS
SELECT name, count(*) AS times FROM indicator_facts GROUP BY name ORDER BY times DESC, name;
