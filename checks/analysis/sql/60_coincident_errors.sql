-- Errors that set in when the cases did, although no line connects the two: a crash, throttling, code that could not be loaded. Before,
-- there were as few of such an error, for the traffic, as chance allows in 1 % of all runs (Hoeffding's inequality,
-- https://doi.org/10.1080/01621459.1963.10500830; Bonferroni's correction for many errors).
-- Reads all_errors, beginnings; variable most_errors.
CREATE OR REPLACE TEMP TABLE coincident_errors AS
WITH counted AS (
    SELECT kind, template, count(*) AS all_events, count(*) FILTER (timestamp >= since) AS events, any_value(share_before) AS share_before,
           min(timestamp) FILTER (timestamp >= since) AS first, any_value(until) AS latest,
           arg_min(message, (timestamp < since, timestamp)) AS message
    FROM all_errors, beginnings
    GROUP BY kind, template
), tested AS (
    SELECT *, is_invocation_report(message) AS is_report, share_before - (all_events - events) / all_events AS lag,
           count(*) OVER (PARTITION BY kind) AS templates
    FROM counted
)
SELECT kind, without_prefix(message) AS text, events, first,
       row_number() OVER (PARTITION BY kind ORDER BY is_report, events DESC, first, message) AS place
FROM tested WHERE first <= latest AND lag > 0 AND 2 * all_events * lag * lag > ln(100 * templates)
QUALIFY place <= getvariable('most_errors') AND (NOT is_report OR bool_and(is_report) OVER (PARTITION BY kind));  -- reports say least
DROP TABLE all_errors;
