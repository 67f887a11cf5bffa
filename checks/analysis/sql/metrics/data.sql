-- The quality of the log data: what was read, how fresh it is, and how much of it was understood.
CREATE OR REPLACE TEMP VIEW data_metrics AS
WITH read AS (
    SELECT coalesce(sum(events), 0) AS events FROM reading WHERE part = 'window'
), understood AS (
    SELECT count(*) FILTER (len(kinds) > 0) AS with_signal, count(*) FILTER (is_near_miss) AS missed
    FROM lines WHERE is_counted
), attributed AS (
    SELECT count(*) AS signals, count(*) FILTER (connection_id IS NULL) AS unattributed
    FROM signals WHERE is_counted
)
SELECT 'data.events' AS name, events::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator, NULL::DOUBLE AS usual FROM read
UNION ALL SELECT 'data.age_seconds', seconds, NULL, NULL, usual_seconds FROM last_silence
UNION ALL SELECT 'data.near_miss_rate', missed / nullif(missed + with_signal, 0), missed + with_signal, missed, NULL
FROM understood
UNION ALL SELECT 'data.unattributed_rate', unattributed / nullif(signals, 0), signals, unattributed, NULL FROM attributed;
