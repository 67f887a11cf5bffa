-- Events that report an error, by their signature: what is left of a message without what differs from case to case.
-- Reads candidate_lines, which hold such events only where wants_errors is set.
CREATE OR REPLACE MACRO error_text(message, record) AS
    CASE WHEN record IS NULL THEN message
         ELSE concat_ws(': ', nullif(json_message(record), ''), nullif(json_error(record), '')) END;
CREATE OR REPLACE MACRO signature_of(message) AS left(trim(regexp_replace(
    shape_of(without_quoted_words(without_bodies(without_frames(message)))), '\s+', ' ', 'g')), 200);

-- What Lambda reports of an invocation (REPORT … Status: timeout) is an error of its own only where no line before it told of one.
CREATE OR REPLACE TEMP VIEW error_lines AS
WITH invocations AS (
    SELECT rowid AS seq, timestamp, message, is_error AND is_counted AS is_wanted, is_invocation_report(message) AS is_report,
           coalesce(request_id_of(message),
                    last_value(CASE WHEN is_start(message) THEN request_id_of(message) END IGNORE NULLS)
                        OVER (PARTITION BY log_group, stream ORDER BY timestamp, rowid)) AS request_id
    FROM candidate_lines WHERE is_error OR is_start(message)
), distinct_errors AS (
    SELECT seq, timestamp, without_colours(message) AS message FROM invocations WHERE is_wanted
    QUALIFY NOT is_report OR request_id IS NULL
         OR row_number() OVER (PARTITION BY request_id ORDER BY is_report, timestamp, seq) = 1
), unwrapped AS (
    SELECT seq, timestamp, trim(without_prefix(message), E' \n\r\t') AS rest FROM distinct_errors
)
SELECT seq, timestamp, error_text(rest, CASE WHEN starts_with(rest, '{') AND json_valid(rest) THEN rest END) AS message
FROM unwrapped;

CREATE OR REPLACE TEMP VIEW signatures AS
SELECT harmless(redacted(signature_of(message))) AS shape, count(*) AS events, min(timestamp) AS first,
       harmless(redacted(left(arg_min(message, (timestamp, seq)), 1000))) AS example
FROM error_lines
GROUP BY signature_of(message)
ORDER BY events DESC, first, shape;

-- Without a wish for them nobody has looked, and 0 would be a lie.
CREATE OR REPLACE TEMP VIEW errors_metrics AS
SELECT 'errors.events' AS name, count(*)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator
FROM error_lines HAVING getvariable('wants_errors');
