-- Welcome messages: delivered, failed, tried again.
CREATE OR REPLACE TEMP VIEW welcome_metrics AS
WITH outcomes AS (
    SELECT count(*) FILTER (is_sent) AS sent, count(*) FILTER (NOT is_sent) AS failed
    FROM welcomes WHERE is_counted
), tries AS (
    SELECT count(*) FILTER (kind = 'welcome_retry') AS retries, count(DISTINCT seq) AS events
    FROM signals WHERE is_counted AND kind IN ('welcome_sent', 'welcome_failed', 'welcome_retry')
), greeted AS (
    SELECT DISTINCT connection_id FROM signals
    WHERE is_counted AND connection_id IS NOT NULL
      AND kind IN ('welcome_sent', 'welcome_failed', 'welcome_retry')
), delivered AS (
    SELECT connection_id FROM welcomes WHERE is_counted AND is_sent
), totals AS (
    SELECT outcomes.*, tries.*, sent + failed AS messages,
           (SELECT count(*) FROM greeted) AS greeted,
           (SELECT count(*) FROM greeted ANTI JOIN delivered USING (connection_id)) AS undelivered
    FROM outcomes, tries
)
SELECT 'welcome.events' AS name, events::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator FROM totals
UNION ALL SELECT 'welcome.sent', sent, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.failed', failed, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.retries', retries, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.failure_rate', failed / nullif(messages, 0), messages, failed FROM totals
UNION ALL SELECT 'welcome.average_retries', retries / nullif(messages, 0), messages, NULL FROM totals
UNION ALL SELECT 'welcome.undelivered_rate', undelivered / nullif(greeted, 0), greeted, undelivered FROM totals;

-- How retries cluster; what names no connection stands for itself.
CREATE OR REPLACE TEMP VIEW welcome_clusters AS
SELECT unnest(['welcome.retries', 'welcome.average_retries']) AS name, coalesce(sum(retries * retries), 0)::DOUBLE AS squares
FROM (
    SELECT count(*) AS retries FROM signals
    WHERE is_counted AND kind = 'welcome_retry'
    GROUP BY coalesce(connection_id, 'line ' || seq)
);
