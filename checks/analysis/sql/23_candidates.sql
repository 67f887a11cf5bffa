-- The lines of the window and its look-back that may say something, each once, in the order of the files.
-- START lines are among them: they tell the request of the lines after them that name none.
-- Their number is the row's own: a window function would make the scan run on one core.
CREATE OR REPLACE TEMP TABLE candidate_lines AS
SELECT timestamp, log_group, stream, message, event_key, known_request_id, matters, is_error, is_own,
       is_own IS TRUE AND in_window(timestamp) AS is_counted
FROM scanned
WHERE message IS NOT NULL AND in_reach(timestamp);

DELETE FROM candidate_lines WHERE rowid IN (
    SELECT unnest(list_sort(list(rowid))[2:]) FROM candidate_lines
    WHERE event_key IS NOT NULL
    GROUP BY event_key HAVING count(*) > 1);

CREATE OR REPLACE TEMP VIEW candidates AS SELECT rowid AS seq, * FROM candidate_lines WHERE matters;
