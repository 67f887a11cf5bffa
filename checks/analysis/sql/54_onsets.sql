-- When cases set in, and when they were over. Cases that come with the traffic grow as it does. If they set in at some time, then just
-- before it the share of cases so far lags most behind the share of traffic so far. A lag of this size is chance in 5 % (Kolmogorov and
-- Smirnov). If they are over, then just after them the share of cases leads most. (Only the first case of a connection counts: the others
-- follow from it, and would prove nothing.)
-- Reads evidence_cases, signals, connections; variables until, lifetime.
CREATE OR REPLACE TEMP TABLE case_moments AS
WITH times AS (
    SELECT 'signals' AS traffic, timestamp FROM signals WHERE is_counted
    UNION ALL SELECT 'ends', coalesce(began, ended) FROM connections
              WHERE state IN ('complete', 'lost', 'headless')
                AND coalesce(began <= getvariable('until') - getvariable('lifetime'), true)  -- a later one cannot be lost yet
    UNION ALL SELECT 'completions', ended FROM connections WHERE state = 'complete'
), sizes AS (
    SELECT traffic, count(*) AS all_signals FROM times GROUP BY ALL
), firsts AS (
    SELECT kind, CASE kind WHEN 'incomplete' THEN 'ends' WHEN 'short_lived' THEN 'completions' ELSE 'signals' END AS traffic,
           min(timestamp) AS timestamp
    FROM evidence_cases GROUP BY kind, coalesce(connection_id, 'line ' || seq)
), moments AS (
    -- (In a join of their own, each case would be compared with all signals.)
    SELECT traffic, timestamp, count(*) FILTER (is_signal) AS signals
    FROM (SELECT *, true AS is_signal FROM times UNION ALL SELECT traffic, timestamp, false FROM firsts)
    GROUP BY ALL
), passed AS (
    SELECT traffic, timestamp, sum(signals) OVER (PARTITION BY traffic ORDER BY timestamp) AS signals_by,
           signals_by - signals AS signals_before
    FROM moments
), counted AS (
    SELECT kind, traffic, timestamp, count(*) OVER (PARTITION BY kind ORDER BY timestamp) AS cases_by,
           rank() OVER (PARTITION BY kind ORDER BY timestamp) - 1 AS cases_before, count(*) OVER (PARTITION BY kind) AS all_cases
    FROM firsts
)
SELECT DISTINCT * EXCLUDE (traffic) FROM counted JOIN sizes USING (traffic) JOIN passed USING (traffic, timestamp);

-- Whether a lag or a lead is more than chance. It is multiplied by the cases and the signals, because whole numbers add up exactly.
CREATE OR REPLACE MACRO is_no_chance(lag, cases, signals) AS
    lag > sqrt(-ln(0.05) / 2) * sqrt(cases + signals) * sqrt(cases) * sqrt(signals);

-- A single case shortly before the others would move the beginning to itself. So the beginning is the one that makes the cases most likely,
-- at one rate from there to the end and at another at all other times (Poisson's likelihood).
CREATE OR REPLACE MACRO likelihood(cases, signals) AS CASE WHEN cases > 0 AND signals > 0 THEN cases * ln(cases / signals) ELSE 0 END;

-- Cases are over if most of them are in the past and they have become rare: for the traffic, at most a fifth of what they were. Cases that
-- were there when the window began may be over, too.
CREATE OR REPLACE TEMP TABLE onsets AS
WITH lags AS (
    SELECT *, signals_before * all_cases - cases_before * all_signals AS lag FROM case_moments
), begun AS (
    SELECT kind, arg_max(timestamp, (lag, timestamp)) AS began, arg_max(cases_before, (lag, timestamp)) AS cases_earlier,
           arg_max(signals_before, (lag, timestamp)) AS signals_earlier, true AS sets_in
    FROM lags GROUP BY kind HAVING is_no_chance(max(lag), any_value(all_cases), any_value(all_signals))
    UNION ALL
    SELECT kind, min(timestamp), 0, 0, false
    FROM lags GROUP BY kind HAVING NOT is_no_chance(max(lag), any_value(all_cases), any_value(all_signals))
), since AS (
    SELECT kind, began, timestamp, cases_by - cases_earlier AS cases, signals_by - signals_earlier AS signals,
           all_cases - cases_earlier AS all_since, all_signals - signals_earlier AS signals_since
    FROM case_moments JOIN begun USING (kind) WHERE timestamp >= began
), endings AS (
    SELECT kind, arg_max(timestamp, cases * signals_since - signals * all_since) AS ended
    FROM since
    WHERE is_no_chance(cases * signals_since - signals * all_since, all_since, signals_since)
      AND all_since - cases <= cases AND 5 * (all_since - cases) * signals <= cases * (signals_since - signals)
    GROUP BY kind
), repeated AS (  -- a connection that meets case after case is not over them
    SELECT kind, ended FROM endings JOIN begun USING (kind) JOIN evidence_cases USING (kind)
    GROUP BY kind, began, ended
    HAVING 2 * count(*) FILTER (timestamp > ended) <= count(*) FILTER (timestamp >= began)
), spans AS (
    SELECT kind, sets_in, ended, max(cases_by) AS cases_to_end,
           CASE WHEN ended IS NULL THEN any_value(all_signals) ELSE max(signals_by) END AS signals_to_end
    FROM case_moments JOIN begun USING (kind) LEFT JOIN repeated USING (kind)
    WHERE timestamp <= coalesce(ended, timestamp) AND (sets_in OR ended IS NOT NULL)
    GROUP BY kind, sets_in, ended
), rates AS (
    SELECT kind, sets_in, ended, timestamp, all_cases, all_signals,
           cases_to_end - cases_before AS cases, signals_to_end - signals_before AS signals
    FROM case_moments JOIN spans USING (kind) WHERE timestamp <= coalesce(ended, timestamp)
)
SELECT kind, ended, CASE WHEN sets_in THEN
       arg_max(timestamp, (likelihood(cases, signals) + likelihood(all_cases - cases, all_signals - signals), timestamp))
       ELSE min(timestamp) END AS began
FROM rates WHERE cases * all_signals > signals * all_cases
GROUP BY kind, sets_in, ended;
