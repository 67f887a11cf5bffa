-- What the spool holds, by the part of time that it falls into.
CREATE OR REPLACE TEMP TABLE reading AS
SELECT CASE WHEN timestamp IS NULL THEN 'unreadable' WHEN in_window(timestamp) THEN 'window'
            WHEN in_reach(timestamp) THEN 'look_back' ELSE 'outside' END AS part,
       count(*) AS lines,
       count(DISTINCT event_key) + count(*) FILTER (event_key IS NULL) AS events,
       min(timestamp) AS oldest, max(timestamp) AS newest
FROM scanned
GROUP BY part;

-- How far back the data tell how connections began.
SET VARIABLE covered_since = (
    SELECT greatest(min(oldest), getvariable('since') - getvariable('look_back'))
    FROM reading WHERE part <> 'unreadable');
