-- The events of the spool, as a view over its files.
-- Reads spooled: the lines of JSON files and the rows of Parquet files, each with the number of its file; only the latter have a `row`.
-- Variables: log_groups, log_streams (of each file, or NULL), streams_of_text (what replaces them if the lines of a file are in order),
-- may_overlap (whether two files may hold the same events), since, until, look_back (ms), taught_anything (a pattern; may be NULL),
-- seen_until, version (of the function; NULL if all count), is_version_excluded, wants_errors, wants_every_sentence (of lines without
-- vocabulary, too), time_of_timeless (the time of a line that has none; NULL if such a line is not an event).

-- Exports give seconds, milliseconds, microseconds or nanoseconds since the epoch, or text in UTC. A number that is not a time within the
-- calendar (NaN, a negative number, the year 30000) gives NULL; so does a spreadsheet's number of days.
CREATE OR REPLACE MACRO number_to_epoch_ms(number) AS CASE
    WHEN number < 0 OR number BETWEEN 30_000 AND 80_000 THEN NULL
    WHEN number < 1e11 THEN (number * 1e3)::BIGINT
    WHEN number < 1e14 THEN number::BIGINT
    WHEN number < 1e17 THEN (number / 1e3)::BIGINT
    WHEN number < 1e20 THEN (number / 1e6)::BIGINT END;
-- A time in ISO 8601, perhaps with a comma, or with an offset as Go and others write it: `(+09:00)`, `+0900 JST`. Windows PowerShell writes
-- `/Date(1780389000000)/`. A spreadsheet writes `02.06.2026 08:30` where dates have dots; with slashes, the month may come first or second.
CREATE OR REPLACE MACRO text_to_time(written) AS coalesce(
    try_cast(written AS TIMESTAMPTZ),
    try_cast(regexp_replace(replace(written, ',', '.'), '\s*\(?([+-]\d\d):?(\d\d)\)?(?:\s+[A-Z]+)?$', '\1:\2') AS TIMESTAMPTZ),
    try_strptime(written, '%d/%b/%Y:%H:%M:%S %z'),  -- API Gateway's requestTime
    epoch_ms(try_cast(first_of(written, '^\\?/Date\((\d{1,13})\)') AS BIGINT))::TIMESTAMPTZ,
    try_strptime(written, ['%a, %d %b %Y %H:%M:%S GMT', '%b %-d, %Y @ %H:%M:%S.%g', '%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M'])::TIMESTAMPTZ);
CREATE OR REPLACE MACRO text_to_epoch_ms(written) AS list_transform([text_to_time(written)], lambda time:
    CASE WHEN time BETWEEN '1970-01-01' AND '9999-12-31' THEN epoch_ms(time) END)[1];
CREATE OR REPLACE MACRO to_epoch_ms(written, number) AS
    CASE WHEN number IS NULL THEN text_to_epoch_ms(written) ELSE number_to_epoch_ms(number) END;

-- A line that is not a JSON object, or has no time, has a NULL timestamp. If a format was converted, `unread` says why.
CREATE OR REPLACE TEMP VIEW events AS
WITH written AS (
    SELECT *, try_cast(timestamp AS DOUBLE) AS number  -- once, because casting text is slow
    FROM spooled
), timed AS (
    SELECT * REPLACE (coalesce(to_epoch_ms(timestamp, number), getvariable('time_of_timeless')) AS timestamp) FROM written
)
SELECT timestamp, coalesce(message, '') AS message,
       coalesce(logGroup, getvariable('log_groups')[file]::VARCHAR) AS log_group,
       coalesce(logStreamName, getvariable('log_streams')[file]::VARCHAR) AS known_stream,
       coalesce(known_stream, getvariable('streams_of_text')[file]::VARCHAR) AS stream,
       nullif(eventId, '') AS event_id, filename, file,
       ingestionTime AS ingested, nullif(requestId, '') AS known_request_id,
       CASE WHEN row IS NOT NULL AND timestamp IS NULL THEN 'row ' || row || ': has no time' ELSE unread END AS unread
FROM timed;

-- Events that a service counted but did not return.
CREATE OR REPLACE TEMP TABLE counted (events BIGINT, oldest BIGINT, newest BIGINT);

CREATE OR REPLACE MACRO in_reach(t) AS
    t >= getvariable('since') - getvariable('look_back') AND t < getvariable('until');
CREATE OR REPLACE MACRO in_window(t) AS t >= getvariable('since') AND t < getvariable('until');
-- The time at which an event counts: its own. An event from before the window counts at the beginning of the window if it arrived later
-- than all that an earlier run saw whose window ended there (variable seen_until in ms, or NULL).
CREATE OR REPLACE MACRO time_to_count(t, lag_ms) AS
    CASE WHEN t < getvariable('since') AND t + lag_ms > getvariable('seen_until') THEN getvariable('since') ELSE t END;
-- Lambda names the version in the log stream: 2026/06/02/[42]5e1f. Like the look-back, the lines of other versions tell how connections
-- began, and are not counted. NULL if a stream names no version, as that of an access log.
CREATE OR REPLACE MACRO stream_version(stream) AS first_of(stream, '\[(\$LATEST|\d+)\]');
CREATE OR REPLACE MACRO is_judged_version(stream) AS
    CASE WHEN getvariable('version') IS NULL THEN true
         ELSE (stream_version(stream) <> getvariable('version')) = getvariable('is_version_excluded') END;
-- Whether a message may matter. Half of many logs are Lambda's own START, END and REPORT lines: their beginnings suffice, without a search.
CREATE OR REPLACE MACRO may_matter(message) AS CASE
    WHEN is_text_start(message) THEN true
    WHEN strlen(message) < 400 AND starts_with(message, 'END RequestId: ') THEN false
    WHEN strlen(message) < 400 AND starts_with(message, 'REPORT RequestId: ') THEN is_failed_report(message)
    ELSE or_else(has_vocabulary(message), is_platform_line(message)) END
    OR coalesce(regexp_matches(message, getvariable('taught_anything')), false);
