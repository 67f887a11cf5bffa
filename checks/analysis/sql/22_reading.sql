-- The stride with which lines are sampled for their time to ingestion: those times are held in memory.
SET VARIABLE lag_stride = (SELECT count(*) // 4_000_000 + 1 FROM scanned);
-- What the spool holds, by the part of time into which it falls.
CREATE OR REPLACE TEMP TABLE reading AS
WITH returned AS (
    SELECT CASE WHEN timestamp IS NULL THEN 'unreadable' WHEN in_window(time_to_count(timestamp, lag_ms)) AND is_own THEN 'window'
                WHEN in_window(time_to_count(timestamp, lag_ms)) THEN 'other_version'
                WHEN in_reach(time_to_count(timestamp, lag_ms)) THEN 'look_back' ELSE 'outside' END AS part,
           count(*) AS lines,
           count(DISTINCT event_key) + count(*) FILTER (event_key IS NULL) AS events,
           min(timestamp) AS oldest, max(timestamp) AS newest, max(timestamp + lag_ms) AS last_arrival,
           -- of the lines that may say something; they are as late as all others
           quantile_disc(lag_ms, [0.5, 0.99]) FILTER (rowid % getvariable('lag_stride') = 0) AS lags_ms
    FROM scanned
    GROUP BY part
), unreturned AS (
    SELECT CASE WHEN in_window(newest) THEN 'window' ELSE 'look_back' END AS part,
           events AS lines, events, oldest, newest, NULL AS last_arrival, NULL AS lags_ms
    FROM counted
)
SELECT part, sum(lines) AS lines, sum(events) AS events, min(oldest) AS oldest, max(newest) AS newest,
       max(last_arrival) AS last_arrival, any_value(lags_ms) AS lags_ms
FROM (FROM returned UNION ALL FROM unreturned)
GROUP BY part;

-- How far back the data show how connections began.
SET VARIABLE covered_since = (
    SELECT greatest(min(oldest), getvariable('since') - getvariable('look_back'))
    FROM reading WHERE part <> 'unreadable');

-- The fewest other silences that show what is usual. If events came at random, the last silence would be twice as long as each of nine
-- others in 2 % of windows: 2 / (10 * 11). Those of less than a tenth of the longest don't count: they are the pauses within a request.
CREATE OR REPLACE MACRO fewest_silences() AS 9;

-- The silence at the end of the window, and the longest other one of the log; if others are too few, this one.
CREATE OR REPLACE TEMP VIEW last_silence AS
WITH busy AS (  -- seconds with events; without any in the look-back, a silence before the first event begins with the window
    SELECT min(timestamp) AS first, max(timestamp) AS last FROM scanned WHERE is_own AND in_reach(timestamp) GROUP BY timestamp // 1000
    -- (of events that were counted but not returned, only the first and the last are known)
    UNION ALL SELECT moment, moment FROM (SELECT unnest([oldest, newest]) AS moment FROM counted) WHERE in_reach(moment)
    UNION ALL SELECT getvariable('since'), getvariable('since') WHERE NOT EXISTS (FROM reading WHERE part = 'look_back')
), others AS (
    SELECT first - max(last) OVER (ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS length_ms FROM busy
), compared AS (
    SELECT max(longest) / 1000 AS longest_seconds, count(*) FILTER (10 * length_ms >= longest) AS alike
    FROM (SELECT *, max(length_ms) OVER () AS longest FROM others)
), last AS (
    SELECT (getvariable('until') - max(newest)) / 1000 AS seconds FROM reading WHERE part = 'window'
)
SELECT seconds, CASE WHEN alike < fewest_silences() THEN seconds ELSE longest_seconds END AS usual_seconds FROM last, compared;
