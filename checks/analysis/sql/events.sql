-- The events of the spool, as a view over its files.
-- Variables: files (list of paths), since, until, look_back (ms), taught_anything (a pattern; may be NULL).

-- Exports come in seconds, milliseconds, microseconds or nanoseconds since the epoch, or as text in UTC.
-- What is no time within the calendar (NaN, a negative number, the year 30000) is none.
CREATE OR REPLACE MACRO to_epoch_ms(written) AS CASE
    WHEN try_cast(written AS DOUBLE) IS NULL THEN
        CASE WHEN try_cast(written AS TIMESTAMPTZ) BETWEEN '1970-01-01' AND '9999-12-31'
             THEN epoch_ms(try_cast(written AS TIMESTAMPTZ)) END
    WHEN written::DOUBLE < 0 THEN NULL
    WHEN written::DOUBLE < 1e11 THEN (written::DOUBLE * 1e3)::BIGINT
    WHEN written::DOUBLE < 1e14 THEN written::DOUBLE::BIGINT
    WHEN written::DOUBLE < 1e17 THEN (written::DOUBLE / 1e3)::BIGINT
    WHEN written::DOUBLE < 1e20 THEN (written::DOUBLE / 1e6)::BIGINT END;

-- A line that is no JSON object, or has no time, has a NULL timestamp.
CREATE OR REPLACE TEMP VIEW events AS
SELECT to_epoch_ms(timestamp) AS timestamp, to_epoch_ms(ingestionTime) AS ingestion_time,
       coalesce(message, '') AS message,
       logGroup AS log_group, logStreamName AS stream, nullif(eventId, '') AS event_id, filename
FROM read_json(getvariable('files'), format := 'newline_delimited', ignore_errors := true, filename := true,
               maximum_object_size := 67108864,  -- an event is 1 MiB at most; hostile files have longer lines
               columns := {timestamp: 'VARCHAR', ingestionTime: 'VARCHAR', message: 'VARCHAR',
                           logGroup: 'VARCHAR', logStreamName: 'VARCHAR', eventId: 'VARCHAR'});

CREATE OR REPLACE MACRO in_reach(t) AS
    t >= getvariable('since') - getvariable('look_back') AND t < getvariable('until');
CREATE OR REPLACE MACRO in_window(t) AS t >= getvariable('since') AND t < getvariable('until');
CREATE OR REPLACE MACRO may_matter(message) AS has_own_vocabulary(message) OR is_start(message)
    OR coalesce(regexp_matches(message, getvariable('taught_anything')), false);
