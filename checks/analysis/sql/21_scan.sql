-- The group of an event, as far as it tells two events apart. No two streams end in the same 32 random digits, and Logs Insights writes the
-- account before the group. (Not every export has the group.)
CREATE OR REPLACE MACRO group_of_stream(log_group, stream) AS
    CASE WHEN regexp_matches(stream, '[0-9a-f]{32}$') THEN '' ELSE regexp_replace(log_group, '^\d{12}:', '') END;
-- Where an event was logged; NULL if an export does not say, like the console's.
CREATE OR REPLACE MACRO origin_of(log_group, stream) AS
    CASE WHEN log_group IS NOT NULL OR stream IS NOT NULL THEN hash(group_of_stream(log_group, stream), stream) END;

-- The hash of an id, with one bit for its kind: CloudWatch's own ids are digits, and Logs Insights has another id for the same event.
CREATE OR REPLACE MACRO key_by_kind(key, id) AS (key // 2 * 2 + if(regexp_full_match(id, '\d+'), 0, 1))::UBIGINT;
CREATE OR REPLACE MACRO is_own_key(key) AS key % 2 = 0;

-- One pass over the files. It keeps the time of every event and a hash of its id; of events that may say something, also all the rest.
-- (Events with the same id that say different things are different events, whoever gave them the id.)
-- (The ids of five million events would not fit into memory. Two of them have the same 64 bits once in a million runs. An id is hashed from
-- both ends, because for some pairs of ids a single hash() was the same. An MD5 takes eight times as long.)
-- The number of a line is the row's own (rowid): a window function would make the scan run on one core.
CREATE TABLE IF NOT EXISTS bulk.scanned (
    timestamp BIGINT, event_key UBIGINT, content UBIGINT, origin UINTEGER, file INTEGER, is_own BOOLEAN, matters BOOLEAN, is_error BOOLEAN,
    log_group VARCHAR, stream VARCHAR, message VARCHAR, stored_request_id VARCHAR, lag_ms BIGINT, request UBIGINT, template UBIGINT);
INSERT INTO bulk.scanned
WITH vocabulary AS (
    SELECT *, may_matter(message) AS matters, getvariable('wants_errors') AND is_error_line(message) AS is_error,
           getvariable('wants_invocations') AND is_report(message) AS is_report
    FROM events
), needs AS (  -- (if a step named its own expression again, DuckDB would prepare it again)
    SELECT *, matters OR is_error OR is_report AS is_needed FROM vocabulary
), prefixes AS (
    SELECT *, CASE WHEN is_needed THEN cut_from_prefix(message) END AS in_prefix FROM needs
), prefixed AS (
    SELECT *, CASE WHEN is_request_id(in_prefix) THEN in_prefix END AS prefixed_request_id FROM prefixes
), texts AS (
    SELECT timestamp,
           CASE WHEN event_id IS NULL THEN NULL
                WHEN getvariable('may_overlap') THEN key_by_kind(hash(event_id, reverse(event_id), without_line_end(message)), event_id)
                ELSE hash(event_id, reverse(event_id), message) END AS event_key,
           CASE WHEN getvariable('may_overlap') AND timestamp IS NOT NULL
                THEN hash(timestamp, without_line_end(message)) END AS content,
           CASE WHEN getvariable('may_overlap') THEN (origin_of(log_group, known_stream) % 4_294_967_296)::UINTEGER END AS origin,
           file, is_judged_version(stream) AS is_own, matters, is_error,
           CASE WHEN is_needed THEN log_group END AS log_group,
           CASE WHEN is_needed THEN stream END AS stream,
           CASE WHEN is_needed OR getvariable('wants_every_sentence') THEN without_dumped_bytes(message) END AS message,
           prefixed_request_id,
           CASE WHEN is_needed AND prefixed_request_id IS NULL
                THEN coalesce(request_id_elsewhere(message), known_request_id) END AS stored_request_id,
           CASE WHEN matters OR getvariable('seen_until') IS NOT NULL
                THEN to_epoch_ms(ingested, try_cast(ingested AS DOUBLE)) - timestamp END AS lag_ms
    FROM prefixed
), requests AS (
    SELECT *, coalesce(prefixed_request_id, stored_request_id) AS request_id FROM texts
)
SELECT * EXCLUDE (prefixed_request_id, request_id), request_of(request_id) AS request,
       CASE WHEN message IS NOT NULL THEN template_key(message) END AS template
FROM requests;
