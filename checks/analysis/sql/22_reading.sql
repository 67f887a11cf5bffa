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
