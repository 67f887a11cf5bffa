-- Events without an id that are held more than once: by several files that overlap, with the same group, stream, time and message; or by
-- one file, because one log was appended to another. In such a file, a new part begins where the time goes back. Of equal events, as many
-- count as the file or part with most of them has. Each gets the id of the one that stands for it; those with CloudWatch's own id keep it.
-- An event whose export has no group and no stream is the same as that of another file with the same time and message.
CREATE OR REPLACE TEMP TABLE repeats AS
WITH repeated AS (
    SELECT content, bool_or(origin IS NULL) AS is_vague
    FROM scanned WHERE content IS NOT NULL
    GROUP BY content HAVING min(file) <> max(file) OR (getvariable('goes_back') AND count(*) > 1)
), placed AS (
    SELECT scanned.rowid AS line, content, CASE WHEN NOT is_vague THEN origin END AS place, file, event_key
    FROM scanned JOIN repeated USING (content)
), begins AS (
    SELECT line FROM (SELECT rowid AS line, timestamp, lag(timestamp) OVER () AS before FROM scanned WHERE getvariable('goes_back'))
    WHERE timestamp < before - 1000  -- streams that are printed together are out of order, but by less
), parted AS (
    SELECT placed.*, begins.line AS part FROM placed ASOF LEFT JOIN begins ON placed.line >= begins.line
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY content, place, file, part ORDER BY line) AS number FROM parted
)
SELECT line, CASE WHEN is_own_key(event_key) THEN event_key
                  ELSE coalesce(min(event_key) FILTER (is_own_key(event_key)) OVER same, min(event_key) OVER same,
                                hash(content, place, number)) END AS event_key
FROM numbered WINDOW same AS (PARTITION BY content, place, number);

UPDATE scanned SET event_key = repeats.event_key FROM repeats WHERE scanned.rowid = repeats.line;
DROP TABLE repeats;
