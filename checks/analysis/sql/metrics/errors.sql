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
    WHEN NOT contains(without_line_end(message), chr(10)) AND NOT is_invocation_report(message) THEN 'line' END;
CREATE OR REPLACE MACRO is_continuation(part, part_before, gap_ms, repeats_before) AS
    (part = 'exception' AND (part_before = 'traceback' OR repeats_before))
    OR (part IN ('exception', 'traceback') AND part_before = 'line' AND gap_ms <= 1000);

-- What a module raises while it is loaded is logged before the first START, and fails the invocation that begins after it.
CREATE OR REPLACE MACRO may_be_failed_init(message) AS is_failed_invocation(message) OR is_init_report(message);
CREATE OR REPLACE MACRO latest_start_ms() AS 60_000;

-- Lambda's report of an invocation (REPORT … Status: timeout) is an error of its own only if no line before it reported one.
-- (The messages stay where they are: in an outage they may be half of the log.)
CREATE OR REPLACE TEMP TABLE error_lines AS
WITH starts_by_origin AS (
    SELECT origin_of(log_group, stream) AS origin, * FROM starts SEMI JOIN (FROM scanned WHERE is_error) USING (stream)
), first_starts AS (
    SELECT origin, min(timestamp) AS timestamp, arg_min(request, timestamp) AS request FROM starts_by_origin GROUP BY origin
), errors AS (
    SELECT rowid AS seq, timestamp, time_to_count(timestamp, lag_ms) AS counts_at, request, template,
           origin_of(log_group, stream) AS origin, is_invocation_report(message) AS is_report,
           is_chain(message) AS is_chain, part_of_error(message) AS part, may_be_failed_init(message) AS may_be_failed_init
    FROM scanned WHERE is_error AND is_own AND in_reach(time_to_count(timestamp, lag_ms))
), reported AS (
    SELECT e.* EXCLUDE (request), coalesce(e.request, s.request, CASE
        WHEN may_be_failed_init AND n.timestamp - e.timestamp <= latest_start_ms() THEN n.request END) AS request
    FROM errors e ASOF LEFT JOIN starts_by_origin s
      ON e.origin = s.origin AND moment(e.timestamp, e.seq) >= moment(s.timestamp, s.seq)
      LEFT JOIN first_starts n ON e.origin = n.origin
), chained AS (
    SELECT seq FROM reported WHERE is_chain OR part = 'traceback'
    QUALIFY is_chain OR lag(is_chain) OVER (PARTITION BY origin ORDER BY timestamp, seq)
), neighbours AS (
    SELECT seq, part, lag(seq) OVER in_order AS seq_before, lag(part) OVER in_order AS part_before,
           timestamp - lag(timestamp) OVER in_order AS gap_ms
    FROM reported WINDOW in_order AS (PARTITION BY origin ORDER BY timestamp, seq)
), repeating AS (
    SELECT seq FROM neighbours JOIN scanned AS line ON line.rowid = seq JOIN scanned AS before ON before.rowid = seq_before
    WHERE part = 'exception' AND ends_with(without_line_end(line.message), ': ' || without_line_end(before.message))
), continued AS (
    SELECT seq FROM neighbours WHERE is_continuation(part, part_before, gap_ms, seq IN (FROM repeating))
), new_ones AS (
    SELECT *, coalesce(request, origin) AS owner
    FROM reported ANTI JOIN (FROM chained UNION ALL FROM continued) USING (seq)
    QUALIFY NOT is_report OR owner IS NULL
         OR row_number() OVER (PARTITION BY owner ORDER BY is_report, timestamp, seq) = 1
)
SELECT seq, timestamp, request, template FROM new_ones WHERE in_window(counts_at);

-- Errors of one connection, or else of one request, are one case. If each error is a sentence of its own, the most frequent templates have
-- to do: to redact and compare hundreds of thousands takes minutes.
CREATE OR REPLACE MACRO most_error_templates() AS 20_000;
CREATE OR REPLACE TEMP VIEW signatures AS
WITH owners AS (
    SELECT request, any_value(connection_id) AS connection_id FROM signals
    WHERE request IS NOT NULL AND connection_id IS NOT NULL
    GROUP BY request HAVING count(DISTINCT connection_id) = 1
), templates AS (
    SELECT template, arg_min(seq, (timestamp, seq)) AS first_seq FROM error_lines
    GROUP BY template ORDER BY count(*) DESC, first_seq LIMIT most_error_templates()
), texts AS (
    SELECT t.template, without_colours(message) AS line FROM templates t JOIN scanned ON scanned.rowid = first_seq
), sentences AS (
    SELECT template, sentence_of(line) AS sentence FROM texts
), named AS (
    SELECT template, sentence, template_of(redacted(sentence)) AS signature FROM sentences
), counted_errors AS (
    SELECT signature, count(*) AS events, min(timestamp) AS first, arg_min(sentence, (timestamp, seq)) AS sentence,
           count(DISTINCT coalesce(connection_id, attempt_of(request, seq)::VARCHAR)) AS cases
    FROM error_lines JOIN named USING (template) LEFT JOIN owners USING (request)
    GROUP BY signature
)
SELECT harmless(signature) AS shape, events, first, harmless(redacted(left(words_of_error(sentence), 1000))) AS example, cases
FROM counted_errors
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
