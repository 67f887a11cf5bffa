-- The lines of the window and its look-back that may say something, each once, numbered in the order of the files.
-- START lines are among them: they tell the request of the lines after them that name none.
CREATE OR REPLACE TEMP TABLE candidates AS
WITH numbered AS (
    SELECT row_number() OVER () AS seq, timestamp, log_group, stream, message, event_id
    FROM events
    WHERE in_reach(timestamp) AND may_matter(message)
)
SELECT * FROM numbered
QUALIFY event_id IS NULL OR row_number() OVER (PARTITION BY event_id ORDER BY seq) = 1;
