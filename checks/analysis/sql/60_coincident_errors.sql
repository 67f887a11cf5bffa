-- Errors that set in when the cases did, though no line joins the two: what crashed, was throttled, could not be loaded. Where cases
-- did not set in, they may have been there since the window began, as after a deploy.
-- As in 54_onsets.sql, time is counted in signals: before the cases began there were as few of an error, for the traffic, as chance
-- allows in 1 % of all runs (Hoeffding's inequality, https://doi.org/10.1080/01621459.1963.10500830; Bonferroni's correction for many
-- errors). What is a signal itself has checks of its own.
-- Reads events (once more, as most errors have no vocabulary), lines, signals, evidence_cases, onsets; variables case_kinds, since,
-- lifetime, most_errors.
CREATE OR REPLACE MACRO around() AS 900_000;
CREATE OR REPLACE TEMP TABLE beginnings AS
WITH begun AS (
    SELECT DISTINCT kind, coalesce(began, getvariable('since')) AS began FROM evidence_cases LEFT JOIN onsets USING (kind)
    WHERE list_contains(getvariable('case_kinds'), kind)
)
SELECT kind, began - around() AS since,  -- (a connection counts at its beginning, and is lost at its end)
       began + CASE kind WHEN 'incomplete' THEN getvariable('lifetime') ELSE around() END AS until,
       (SELECT count(*) FILTER (timestamp < began - around()) / count(*) FROM signals) AS share_before
FROM begun;
SET VARIABLE has_before = (SELECT coalesce(max(share_before), 0) > 0 FROM beginnings);

CREATE OR REPLACE TEMP TABLE coincident_errors AS
WITH errors AS (  -- (files that overlap hold a line twice)
    SELECT DISTINCT timestamp, stream, without_dumped_bytes(message) AS message FROM temp.events
    WHERE getvariable('has_before') AND in_reach(timestamp) AND is_error_line(message)
), shaped AS (
    SELECT *, template_key(message) AS template FROM errors
), counted AS (
    SELECT kind, template, count(*) AS all_events, count(*) FILTER (timestamp >= since) AS events, any_value(share_before) AS share_before,
           min(timestamp) FILTER (timestamp >= since) AS first, any_value(until) AS latest,
           arg_min(message, (timestamp < since, timestamp)) AS message
    FROM (FROM shaped ANTI JOIN (FROM lines WHERE len(kinds) > 0) USING (template)), beginnings
    GROUP BY kind, template
), tested AS (
    SELECT *, is_invocation_report(message) AS is_report, share_before - (all_events - events) / all_events AS lag,
           count(*) OVER (PARTITION BY kind) AS templates
    FROM counted
)
SELECT kind, without_prefix(message) AS text, events, first,
       row_number() OVER (PARTITION BY kind ORDER BY is_report, events DESC, first, message) AS place
FROM tested WHERE first <= latest AND lag > 0 AND 2 * all_events * lag * lag > ln(100 * templates)
QUALIFY place <= getvariable('most_errors') AND (NOT is_report OR bool_and(is_report) OVER (PARTITION BY kind));  -- it says least
