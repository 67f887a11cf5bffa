-- Events that report an error, by their signature: the template of what they say.
-- Reads starts and scanned, which holds such events only if wants_errors is set.

-- Python prints an exception, and another that was raised while it was handled, as one traceback after the other. Even if each line is an
-- event, they are one error.
CREATE OR REPLACE MACRO is_chain(message) AS
    starts_with(message, 'During handling of the above exception') OR starts_with(message, 'The above exception was the direct cause');

-- If each line is an event, the exception at the end of a traceback is not an error of its own. Nor is a trace right behind the line that
-- says what failed, or behind its own first line, which Lambda's runtime for Java repeats.
CREATE OR REPLACE MACRO part_of_error(message) AS CASE
    WHEN starts_with(message, 'Traceback') THEN 'traceback'
    WHEN regexp_matches(message, '^[A-Za-z0-9_$.]*(?:Exception|Error)\b') THEN 'exception'
    WHEN NOT contains(rtrim(message, E' \n\r\t'), chr(10)) AND NOT is_invocation_report(message) THEN 'line' END;
CREATE OR REPLACE MACRO is_continuation(part, part_before, gap_ms, repeats_before) AS
    (part = 'exception' AND (part_before = 'traceback' OR repeats_before))
    OR (part IN ('exception', 'traceback') AND part_before = 'line' AND gap_ms <= 1000);

-- What a module raises while it is loaded is logged before the first START, and fails the invocation that begins after it.
CREATE OR REPLACE MACRO is_failed_init(message, ms_to_start) AS
    and_then(ms_to_start <= 60_000, is_failed_invocation(message) OR is_init_report(message));

-- Lambda's report of an invocation (REPORT … Status: timeout) is an error of its own only if no line before it reported one.
CREATE OR REPLACE TEMP VIEW error_lines AS
WITH first_starts AS (
    SELECT coalesce(log_group, '') AS log_group, stream, min(timestamp) AS timestamp, arg_min(request, timestamp) AS request
    FROM starts SEMI JOIN (FROM scanned WHERE is_error) USING (stream)
    GROUP BY ALL
), reported AS (
    SELECT e.seq, e.timestamp, e.counts_at, message, template, is_invocation_report(message) AS is_report,
           e.log_group, e.stream,
           coalesce(e.request, s.request, CASE WHEN is_failed_init(message, n.timestamp - e.timestamp) THEN n.request END) AS request
    FROM (SELECT rowid AS seq, time_to_count(timestamp, lag_ms) AS counts_at, * FROM scanned
          WHERE is_error AND is_own AND in_reach(time_to_count(timestamp, lag_ms))) e ASOF LEFT JOIN starts s
      ON e.stream = s.stream AND coalesce(e.log_group, '') = coalesce(s.log_group, '')
     AND moment(e.timestamp, e.seq) >= moment(s.timestamp, s.seq)
      LEFT JOIN first_starts n ON e.stream = n.stream AND coalesce(e.log_group, '') = n.log_group
), chained AS (
    SELECT seq FROM reported WHERE is_chain(message) OR starts_with(message, 'Traceback')
    QUALIFY is_chain(message) OR is_chain(lag(message) OVER (PARTITION BY log_group, stream ORDER BY timestamp, seq))
), parts AS (
    SELECT seq, timestamp, log_group, stream, rtrim(message, E' \n\r\t') AS line, part_of_error(message) AS part FROM reported
), neighbours AS (
    SELECT seq, part, lag(part) OVER in_stream AS part_before, timestamp - lag(timestamp) OVER in_stream AS gap_ms,
           ends_with(line, ': ' || lag(line) OVER in_stream) AS repeats_before
    FROM parts WINDOW in_stream AS (PARTITION BY log_group, stream ORDER BY timestamp, seq)
), continued AS (
    SELECT seq FROM neighbours WHERE is_continuation(part, part_before, gap_ms, repeats_before)
), new_ones AS (
    SELECT *, coalesce(request, request_of('the beginning of ' || stream)) AS owner
    FROM reported ANTI JOIN (FROM chained UNION ALL FROM continued) USING (seq)
    QUALIFY NOT is_report OR owner IS NULL
         OR row_number() OVER (PARTITION BY owner ORDER BY is_report, timestamp, seq) = 1
)
SELECT seq, timestamp, request, message, template FROM new_ones WHERE in_window(counts_at);

-- Errors of one connection, or else of one request, are one case.
CREATE OR REPLACE TEMP VIEW signatures AS
WITH owners AS (
    SELECT request, any_value(connection_id) AS connection_id FROM signals
    WHERE request IS NOT NULL AND connection_id IS NOT NULL
    GROUP BY request HAVING count(DISTINCT connection_id) = 1
), templates AS (
    SELECT template, without_colours(arg_min(message, (timestamp, seq))) AS line FROM error_lines GROUP BY template
), sentences AS (
    SELECT template, sentence_of(line) AS sentence FROM templates
), named AS (
    SELECT template, template_of(redacted(sentence)) AS signature FROM sentences
), counted_errors AS (
    SELECT signature, count(*) AS events, min(timestamp) AS first, without_colours(arg_min(message, (timestamp, seq))) AS line,
           count(DISTINCT coalesce(connection_id, attempt_of(request, seq)::VARCHAR)) AS cases
    FROM error_lines JOIN named USING (template) LEFT JOIN owners USING (request)
    GROUP BY signature
), unwrapped AS (
    SELECT *, sentence_of(line) AS sentence FROM counted_errors
)
SELECT harmless(signature) AS shape, events, first, harmless(redacted(left(words_of_error(sentence), 1000))) AS example, cases
FROM unwrapped
ORDER BY events DESC, first, shape;

-- No row if nobody wants errors: nobody has looked then, and 0 would be a lie.
CREATE OR REPLACE TEMP VIEW errors_metrics AS
SELECT 'errors.events' AS name, count(*)::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator
FROM error_lines HAVING getvariable('wants_errors');

-- How errors cluster. They name no connection, so this is their Fano factor: the variance of their number in five minutes as a ratio of the
-- mean. The variance is taken from one such bin to the next (half of von Neumann's mean square successive difference), so the rhythm of a
-- day does not count. A window of few bins does not show it.
CREATE OR REPLACE TEMP VIEW errors_clusters AS
WITH stretches AS (
    SELECT unnest(range((getvariable('until') - getvariable('since')) // 300_000)) AS stretch
), counts AS (
    SELECT stretch, count(seq) AS events
    FROM stretches LEFT JOIN (SELECT seq, (timestamp - getvariable('since')) // 300_000 AS stretch FROM error_lines) USING (stretch)
    GROUP BY stretch
), steps AS (
    SELECT events, events - lag(events) OVER (ORDER BY stretch) AS step FROM counts
), fano AS (
    SELECT CASE WHEN count(step) >= 10 THEN avg(step * step) / 2 / nullif(avg(events), 0) END AS factor FROM steps
)
SELECT 'errors.events' AS name, (SELECT count(*) FROM error_lines) * greatest(coalesce(factor, 1), 1) AS squares FROM fano;
