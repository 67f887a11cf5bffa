-- The quality of the log data: what was read, how fresh it is, and how much of it was understood.

-- The fewest other silences that show what is usual. If events came at random, the last silence would be twice as long as each of nine
-- others in 2 % of windows: 2 / (10 * 11). Those of less than a tenth of the longest don't count: they are the pauses within a request.
CREATE OR REPLACE MACRO fewest_silences() AS 9;

CREATE OR REPLACE TEMP VIEW data_metrics AS
WITH read AS (
    SELECT coalesce(sum(events), 0) AS events, (getvariable('until') - max(newest)) / 1000 AS age_seconds FROM reading WHERE part = 'window'
), busy AS (  -- seconds with events; without any in the look-back, a silence before the first event begins with the window
    SELECT min(timestamp) AS first, max(timestamp) AS last FROM scanned WHERE is_own AND in_reach(timestamp) GROUP BY timestamp // 1000
    UNION ALL SELECT oldest, newest FROM counted WHERE in_reach(newest)
    UNION ALL SELECT getvariable('since'), getvariable('since') WHERE NOT EXISTS (FROM reading WHERE part = 'look_back')
), silences AS (  -- all but the last one
    SELECT first - max(last) OVER (ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS length_ms FROM busy
), others AS (
    SELECT max(longest) / 1000 AS longest_seconds, count(*) FILTER (10 * length_ms >= longest) AS alike
    FROM (SELECT *, max(length_ms) OVER () AS longest FROM silences)
), understood AS (
    SELECT count(*) FILTER (len(kinds) > 0) AS with_signal, count(*) FILTER (is_near_miss) AS missed
    FROM lines WHERE is_counted
), attributed AS (
    SELECT count(*) AS signals, count(*) FILTER (connection_id IS NULL) AS unattributed
    FROM signals WHERE is_counted
)
SELECT 'data.events' AS name, events::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator, NULL::DOUBLE AS usual FROM read
UNION ALL SELECT 'data.age_seconds', age_seconds, NULL, NULL, CASE WHEN alike < fewest_silences() THEN age_seconds ELSE longest_seconds END
FROM read, others
UNION ALL SELECT 'data.near_miss_rate', missed / nullif(missed + with_signal, 0), missed + with_signal, missed, NULL
FROM understood
UNION ALL SELECT 'data.unattributed_rate', unattributed / nullif(signals, 0), signals, unattributed, NULL FROM attributed;
