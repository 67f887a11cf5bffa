-- The lines of the window and its look-back that may say something, each once, in the order of the files.
-- START lines are among them: they tell the request of the lines after them that name none.
DELETE FROM scanned WHERE rowid IN (
    SELECT s.rowid
    FROM scanned s JOIN (
        SELECT event_key, min(rowid) AS first FROM scanned
        WHERE event_key IS NOT NULL AND message IS NOT NULL AND in_reach(timestamp)
        GROUP BY event_key HAVING count(*) > 1
    ) AS doubled USING (event_key)
    WHERE s.rowid <> first AND message IS NOT NULL AND in_reach(timestamp));
