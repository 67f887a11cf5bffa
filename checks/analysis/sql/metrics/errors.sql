-- Events that report an error, by their signature: what is left of a message without what differs from case to case.
-- Reads scanned, which holds such events only where wants_errors is set.
CREATE OR REPLACE MACRO error_text(message, record) AS
    CASE WHEN record IS NULL THEN message
         ELSE concat_ws(': ', nullif(json_message(record), ''), nullif(json_error(record), '')) END;
CREATE OR REPLACE MACRO signature_of(message) AS left(trim(regexp_replace(
    shape_of(without_quoted_words(without_bodies(without_frames(message)))), '\s+', ' ', 'g')), 200);

-- What Lambda reports of an invocation (REPORT … Status: timeout) is an error of its own only where no line before it told of one.
CREATE OR REPLACE TEMP VIEW error_lines AS
WITH reported AS (
    SELECT e.seq, e.timestamp, message, is_invocation_report(message) AS is_report, coalesce(e.request_id, s.request_id) AS request_id
    FROM (SELECT rowid AS seq, * FROM scanned WHERE is_error AND is_own AND in_window(timestamp)) e ASOF LEFT JOIN starts s
      ON e.stream = s.stream AND coalesce(e.log_group, '') = coalesce(s.log_group, '')
     AND moment(e.timestamp, e.seq) >= moment(s.timestamp, s.seq)
), distinct_errors AS (
    SELECT seq, timestamp, request_id, without_colours(message) AS message FROM reported
    QUALIFY NOT is_report OR request_id IS NULL
         OR row_number() OVER (PARTITION BY request_id ORDER BY is_report, timestamp, seq) = 1
), unwrapped AS (
    SELECT seq, timestamp, request_id, trim(without_prefix(message), E' \n\r\t') AS rest FROM distinct_errors
)
SELECT seq, timestamp, request_id, error_text(rest, CASE WHEN starts_with(rest, '{') AND json_valid(rest) THEN rest END) AS message
FROM unwrapped;

-- Errors of one connection, or else of one request, are one case.
CREATE OR REPLACE TEMP VIEW signatures AS
WITH owners AS (
    SELECT request_id, any_value(connection_id) AS connection_id FROM signals
    WHERE request_id IS NOT NULL AND connection_id IS NOT NULL
    GROUP BY request_id HAVING count(DISTINCT connection_id) = 1
)
SELECT harmless(redacted(signature_of(message))) AS shape, count(*) AS events, min(timestamp) AS first,
       harmless(redacted(left(arg_min(message, (timestamp, seq)), 1000))) AS example,
       count(DISTINCT coalesce(connection_id, request_id, 'line ' || seq)) AS cases
FROM error_lines LEFT JOIN owners USING (request_id)
GROUP BY signature_of(message)
ORDER BY events DESC, first, shape;

-- Without a wish for them nobody has looked, and 0 would be a lie.
CREATE OR REPLACE TEMP VIEW errors_metrics AS
SELECT 'errors.events' AS name, count(*)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator
FROM error_lines HAVING getvariable('wants_errors');
