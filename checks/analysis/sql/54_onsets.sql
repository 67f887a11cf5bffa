-- Since when? Cases that come with the traffic grow as it does. Where they set in at some time, the share of all connections that had
-- met one lags most behind the share of all traffic just before. By Kolmogorov and Smirnov a lag of this size is chance in 5 %.
-- (Only the first case of a connection: the others follow from it, and would prove nothing.) Each row is a kind of case and when it began.
-- Reads evidence_cases, signals, connections.
CREATE OR REPLACE TEMP TABLE onsets AS
WITH times AS (
    SELECT 'signals' AS traffic, timestamp FROM signals WHERE is_counted
    UNION ALL SELECT 'ends', coalesce(began, ended) FROM connections WHERE state IN ('complete', 'lost', 'headless')
), sizes AS (
    SELECT traffic, count(*) AS all_signals FROM times GROUP BY ALL
), firsts AS (
    SELECT kind, CASE WHEN kind = 'incomplete' THEN 'ends' ELSE 'signals' END AS traffic, min(timestamp) AS timestamp
    FROM evidence_cases GROUP BY kind, coalesce(connection_id, 'line ' || seq)
), moments AS (
    -- (By a join of their own, each case would be compared with all signals.)
    SELECT traffic, timestamp, count(*) FILTER (is_signal) AS signals
    FROM (SELECT *, true AS is_signal FROM times UNION ALL SELECT traffic, timestamp, false FROM firsts)
    GROUP BY ALL
), passed AS (
    SELECT traffic, timestamp, sum(signals) OVER (PARTITION BY traffic ORDER BY timestamp) - signals AS signals_before FROM moments
), counted AS (
    SELECT *, rank() OVER (PARTITION BY kind ORDER BY timestamp) - 1 AS cases, count(*) OVER (PARTITION BY kind) AS all_cases FROM firsts
), lags AS (
    -- In whole numbers, which add up exactly: the lag times the cases and the signals.
    SELECT kind, timestamp, all_cases, all_signals, signals_before * all_cases - cases * all_signals AS lag
    FROM counted JOIN sizes USING (traffic) JOIN passed USING (traffic, timestamp)
)
SELECT kind, arg_max(timestamp, (lag, timestamp)) AS began
FROM lags
GROUP BY kind
HAVING max(lag) > sqrt(-ln(0.05) / 2) * sqrt(any_value(all_cases) + any_value(all_signals))
                  * sqrt(any_value(all_cases)) * sqrt(any_value(all_signals));
