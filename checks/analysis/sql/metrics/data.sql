-- The quality of the log data: what was read, how fresh it is, and how much of it was understood.
CREATE OR REPLACE TEMP VIEW data_metrics AS
WITH read AS (
    SELECT coalesce(sum(events), 0) AS events, max(newest) AS newest FROM reading WHERE part = 'window'
), understood AS (
    SELECT count(*) FILTER (len(kinds) > 0) AS with_signal, count(*) FILTER (is_near_miss) AS missed
    FROM lines WHERE is_counted
), attributed AS (
    SELECT count(*) AS signals, count(*) FILTER (connection_id IS NULL) AS unattributed
    FROM signals WHERE is_counted
)
SELECT 'data.events' AS name, (SELECT events FROM read)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator
UNION ALL SELECT 'data.age_seconds', (getvariable('until') - newest) / 1000, NULL, NULL FROM read
UNION ALL SELECT 'data.near_miss_rate', missed / nullif(missed + with_signal, 0), missed + with_signal, missed
FROM understood
UNION ALL SELECT 'data.unattributed_rate', unattributed / nullif(signals, 0), signals, unattributed FROM attributed;
