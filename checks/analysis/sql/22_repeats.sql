-- Events without an id that several files hold, because these overlap: the same group, stream, time and message. As many count
-- as the file has that has most of them. Each gets the id of the one that stands for it; those with CloudWatch's own id keep it.
-- An event whose export tells no group and no stream is that of another file that has the same time and message.
CREATE OR REPLACE TEMP TABLE repeats AS
WITH shared AS (
    SELECT content, bool_or(origin IS NULL) AS is_vague
    FROM scanned WHERE content IS NOT NULL GROUP BY content HAVING min(file) <> max(file)
), placed AS (
    SELECT scanned.rowid AS line, content, CASE WHEN NOT is_vague THEN origin END AS place, file, event_key
    FROM scanned JOIN shared USING (content)
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY content, place, file ORDER BY line) AS number FROM placed
)
SELECT line, CASE WHEN is_own_key(event_key) THEN event_key
                  ELSE coalesce(min(event_key) FILTER (is_own_key(event_key)) OVER same, min(event_key) OVER same,
                                hash(content, place, number)) END AS event_key
FROM numbered WINDOW same AS (PARTITION BY content, place, number);

UPDATE scanned SET event_key = repeats.event_key FROM repeats WHERE scanned.rowid = repeats.line;
DROP TABLE repeats;
