-- All lines that tell of an error, for those that set in when cases did: most have no vocabulary, so the events are read once more. Where
-- cases did not set in, they may have been there since the window began, as after a deploy.
-- As in 54_onsets.sql, time is counted in signals. Where there are none before the cases began, nobody can tell what set in.
-- Reads events, signals, evidence_cases, onsets; variables case_kinds, since, lifetime. The table is empty if the files are gone.
CREATE OR REPLACE MACRO around() AS 900_000;
CREATE OR REPLACE TEMP TABLE all_errors (timestamp BIGINT, stream VARCHAR, message VARCHAR);
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

INSERT INTO all_errors
SELECT DISTINCT timestamp, stream, without_dumped_bytes(message) FROM temp.events  -- (files that overlap hold a line twice)
WHERE getvariable('has_before') AND in_reach(timestamp) AND is_error_line(message);
