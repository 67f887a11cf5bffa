-- Of lines with the same event id, the first counts. The others stay but say nothing: a later poll counts them again.
UPDATE scanned SET matters = false, is_error = false, message = NULL WHERE rowid IN (
    SELECT s.rowid
    FROM scanned s JOIN (
        SELECT event_key, min(rowid) AS first FROM scanned
        WHERE event_key IS NOT NULL AND message IS NOT NULL AND in_reach(timestamp)
        GROUP BY event_key HAVING count(*) > 1
    ) AS doubled USING (event_key)
    WHERE s.rowid <> first AND message IS NOT NULL AND in_reach(timestamp));
