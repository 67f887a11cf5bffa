-- Welcome messages: delivered, failed, retried.
CREATE OR REPLACE TEMP VIEW welcome_metrics AS
WITH outcomes AS (
    SELECT count(*) FILTER (is_sent) AS sent, count(*) FILTER (NOT is_sent) AS failed
    FROM welcomes WHERE is_counted
), tries AS (
    SELECT count(*) FILTER (kind = 'welcome_retry') AS retries, count(DISTINCT seq) AS events
    FROM signals WHERE is_counted AND is_about_welcome(kind)
), delay AS (
    SELECT median(seconds) AS p50, quantile_disc(seconds, 0.95) AS p95, count(*) AS delayed FROM welcome_delays WHERE is_counted
), totals AS (
    SELECT outcomes.*, tries.*, sent + failed AS messages,
           (SELECT count(*) FROM greetings WHERE is_counted) AS greeted,
           (SELECT count(*) FROM greetings WHERE is_counted AND NOT is_delivered) AS undelivered
    FROM outcomes, tries
)
SELECT 'welcome.events' AS name, events::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator FROM totals
UNION ALL SELECT 'welcome.sent', sent, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.failed', failed, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.retries', retries, NULL, NULL FROM totals
UNION ALL SELECT 'welcome.failure_rate', failed / nullif(messages, 0), messages, failed FROM totals
UNION ALL SELECT 'welcome.average_retries', retries / nullif(messages, 0), messages, NULL FROM totals
UNION ALL SELECT 'welcome.undelivered_rate', undelivered / nullif(greeted, 0), greeted, undelivered FROM totals
UNION ALL SELECT 'welcome.delay_p50_seconds', p50, delayed, NULL FROM delay
UNION ALL SELECT 'welcome.delay_p95_seconds', p95, delayed, NULL FROM delay;

-- How retries cluster; a retry that names no connection stands for itself.
CREATE OR REPLACE TEMP VIEW welcome_clusters AS
SELECT unnest(['welcome.retries', 'welcome.average_retries']) AS name, coalesce(sum(retries * retries), 0)::DOUBLE AS squares
FROM (
    SELECT count(*) AS retries FROM signals
    WHERE is_counted AND kind = 'welcome_retry'
    GROUP BY coalesce(connection_id, 'line ' || seq)
);
