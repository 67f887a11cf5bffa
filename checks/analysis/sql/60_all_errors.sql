-- All lines that report an error, to find those that set in when cases did. Most have no vocabulary, so the events are read once more,
-- unless the scan has them all, as when a limit on errors needs them; for large logs, those that the scan has are enough. If cases did not
-- set in, they may have been there since the window began, as after a deploy.
-- As in 54_onsets.sql, time is counted in signals. If there are none before the cases began, nobody can tell what set in.
-- Reads events or scanned, signals, lines, evidence_cases, onsets; variables case_kinds, since, lifetime, is_quick_to_read, wants_errors.
-- The table is empty if the files are gone.
CREATE OR REPLACE MACRO around() AS 900_000;
CREATE OR REPLACE TEMP TABLE all_errors (timestamp BIGINT, template UBIGINT, message VARCHAR);
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
SET VARIABLE reads_again = getvariable('is_quick_to_read') AND NOT getvariable('wants_errors');

INSERT INTO all_errors
WITH events_again AS (
    SELECT DISTINCT timestamp, stream, without_dumped_bytes(message) AS message FROM temp.events  -- (overlapping files hold a line twice)
    WHERE getvariable('has_before') AND getvariable('reads_again') AND in_reach(timestamp) AND is_error_line(message)
), templates AS (
    SELECT template, any_value(message) AS message FROM scanned
    WHERE getvariable('has_before') AND NOT getvariable('reads_again') AND message IS NOT NULL GROUP BY template
)
SELECT timestamp, template_key(message) AS template, message FROM events_again
UNION ALL
SELECT timestamp, template, message FROM scanned SEMI JOIN (FROM templates WHERE is_error_line(message)) USING (template)
WHERE in_reach(timestamp);

-- Lines that are signals themselves have checks of their own.
DELETE FROM all_errors WHERE template IN (SELECT template FROM lines WHERE len(kinds) > 0);
