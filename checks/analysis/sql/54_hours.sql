-- The shares in each hour of the window, with a new hour every half hour: half an hour's outage is a small share of a day.
-- Reads signals, connections, welcomes, greetings, gone_in_reach, ungreeted; variables since, until, lifetime, short_lived_seconds.
-- What each share is made of; a case has one row or more. A lost connection is compared with those that began when it did: if it counted at
-- the end of its two hours, a busy hour would be held against the quiet one two hours later. Connections that began before the window and
-- are judged in it are compared with those that were over before it.
CREATE OR REPLACE TEMP VIEW timed_cases AS
SELECT 'welcome.failure_rate' AS name, timestamp, connection_id, coalesce(connection_id, '') || ' ' || attempt AS id, NOT is_sent AS is_case
FROM welcomes WHERE is_counted
UNION ALL
SELECT 'welcome.undelivered_rate', timestamp, connection_id, connection_id, NOT is_delivered FROM greetings WHERE is_counted
UNION ALL
SELECT 'gone.connection_rate', timestamp, connection_id, connection_id, kind = 'gone' FROM signals
WHERE is_counted AND connection_id IS NOT NULL
UNION ALL
SELECT 'gone.welcome_rate', timestamp, connection_id, connection_id,
       seq IN (SELECT seq FROM gone_in_reach SEMI JOIN ungreeted USING (connection_id) WHERE is_own_welcome)
FROM signals WHERE is_counted AND connection_id IS NOT NULL
UNION ALL
SELECT 'lifecycle.incomplete_rate', coalesce(began, ended), connection_id, connection_id, state IN ('lost', 'headless')
FROM connections
WHERE state IN ('complete', 'lost', 'headless')
   OR (state = 'earlier' AND ended IS NOT NULL AND began >= getvariable('since') - getvariable('lifetime'))
UNION ALL
SELECT 'lifecycle.short_lived_rate', ended, connection_id, connection_id, duration_seconds < getvariable('short_lived_seconds')
FROM connections WHERE state = 'complete';

CREATE OR REPLACE TEMP VIEW hours AS
WITH halves AS (
    SELECT name, (timestamp - getvariable('since')) // 1_800_000 AS half, id, bool_or(is_case) AS is_case,
           bool_and(is_case) AS is_nothing_else
    FROM timed_cases GROUP BY ALL
), shares AS (
    SELECT name, unnest([half - 1, half]) AS start, id, is_case, is_nothing_else FROM halves
), each_once AS (
    SELECT name, start, id, bool_or(is_case) AS is_case, bool_and(is_nothing_else) AS is_nothing_else FROM shares
    WHERE start >= 0 OR name = 'lifecycle.incomplete_rate'
    GROUP BY ALL
)
SELECT name, getvariable('since') + start * 1_800_000 AS start, count(*) FILTER (is_case) AS cases, count(*) AS n
FROM each_once GROUP BY name, start
HAVING NOT (starts_with(name, 'gone.') AND bool_and(is_nothing_else))  -- if all lines are about errors, nobody has seen the rest
ORDER BY ALL;

-- The connections that began in a span, and the short-lived ones among them. Clients that leave soon end first: if many connections began
-- just now, those that ended are the short-lived ones, and the others are still open.
CREATE OR REPLACE MACRO begun(first, last) AS TABLE
SELECT count(*) AS n, count(*) FILTER (duration_seconds < getvariable('short_lived_seconds')) AS cases
FROM connections
WHERE began >= first AND began < last
  AND (state = 'complete' OR state = 'open' AND getvariable('until') - began >= 1000 * getvariable('short_lived_seconds'));
