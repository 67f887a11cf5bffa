-- Events without an id that several files hold, because these overlap: the same group, stream, time and message. As many count
-- as the file has that has most of them. Each gets the id of the one that stands for it; those with CloudWatch's own id keep it.
CREATE OR REPLACE TEMP TABLE repeats AS
WITH shared AS (
    SELECT content FROM scanned WHERE content IS NOT NULL GROUP BY content HAVING min(file) <> max(file)
), numbered AS (
    SELECT scanned.rowid AS line, content, event_key,
           row_number() OVER (PARTITION BY content, file ORDER BY scanned.rowid) AS number
    FROM scanned JOIN shared USING (content)
)
SELECT line, CASE WHEN is_own_key(event_key) THEN event_key
                  ELSE coalesce(min(event_key) FILTER (is_own_key(event_key)) OVER same, min(event_key) OVER same, hash(content, number)) END
           AS event_key
FROM numbered WINDOW same AS (PARTITION BY content, number);

UPDATE scanned SET event_key = repeats.event_key FROM repeats WHERE scanned.rowid = repeats.line;
DROP TABLE repeats;
