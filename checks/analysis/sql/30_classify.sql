-- What each candidate line says by itself: its signal kinds, and the connection and request that it names.
-- Reads candidates; makes statements, one row a candidate.

CREATE OR REPLACE TEMP TABLE statements AS
WITH unwrapped AS MATERIALIZED (  -- so that all cores share the rest, however few lines there are
    SELECT *, trim(without_prefix(message), E' \n\r\t') AS rest, coalesce(request_id_of(message), known_request_id) AS request_id
    FROM candidates
    WHERE NOT is_text_start(message)
), parsed AS (
    SELECT *, CASE WHEN starts_with(rest, '{') AND json_valid(rest) THEN rest END AS record,
           CASE WHEN ends_with(rest, '}') THEN trailing_braces(rest) END AS trailer,
           -- a bare JSON string or list is data, not a statement
           regexp_matches(rest, '^["\[]') AND json_valid(rest) AS is_data,
           coalesce(json_extract_string(record, '$.message'), rest) AS told_words,
           structured_kind(told_words) AS structured_kind
    FROM unwrapped
), told AS (
    SELECT *, without_quotations(without_bodies(without_frames(
               CASE WHEN record IS NOT NULL THEN concat_ws(chr(10), json_message(record), json_error(record))
                    WHEN is_data THEN ''
                    WHEN json_valid(trailer) THEN concat_ws(chr(10), rest, json_error(trailer))
                    ELSE rest END))) AS said
    FROM parsed
), parts AS (
    SELECT *, context_of(concat_ws(chr(10), without_bodies(without_message(record)), said)) AS dump,
           with_plain_ids(without_quoted_text(with_spaced_fields(without_dumps(without_request_id(said))))) AS prose,
           CASE WHEN record IS NULL THEN access_row_route(rest) END AS access_row
    FROM told
), phrased AS (
    SELECT *, plain_words(prose) AS words, plain_words(tag_of(dump)) AS tag, id_of_dump(dump) AS dump_id,
           status_of(dump) AS status, is_hypothetical(prose) AS is_hypothetical,
           is_foreign_event(rest) AS is_foreign
    FROM parts
), contexts AS (
    SELECT *, concat_ws(' | ', words, tag) AS words_and_tag, is_elsewhere(words) AS is_elsewhere,
           is_outbound(words) AS is_outbound, has_connection_context(concat_ws(' | ', words, tag)) AS has_context
    FROM phrased
), kinds AS (
    SELECT *,
           CASE WHEN is_foreign THEN NULL
                WHEN access_row = '$default' THEN 'message'
                WHEN access_row IS NOT NULL THEN lower(ltrim(access_row, '$'))
                -- an event by the application's own name may be one that it sends
                WHEN record IS NULL AND is_outbound AND NOT regexp_matches(dump, '(?i)event_?type') THEN NULL
                ELSE kind_of_tag(tag, route_of(dump), dump_id) END AS event_kind,
           NOT is_hypothetical AND says_welcome(words_and_tag) AS is_welcome,
           NOT is_hypothetical AND NOT is_elsewhere AND (
               names_gone(words, has_context)
               OR (carries_gone(dump) AND (has_context OR regexp_matches(dump, '\b410\b|UnknownError')))
               OR (status = '410' AND (contains(dump, '@connections') OR contains(words_and_tag, 'post to connection')
                                        OR (record IS NULL AND has_context))) IS TRUE
               OR (contains(words, '@connections') AND regexp_matches(words, '\b410\b'))) AS is_named_gone,
           NOT is_hypothetical AND NOT is_elsewhere AND words_gone(words) AS is_worded_gone
    FROM contexts
), judged AS (
    SELECT *,
           CASE WHEN NOT is_welcome THEN NULL
                WHEN says_again(words_and_tag) THEN 'welcome_retry'
                WHEN says_failed(words_and_tag) THEN 'welcome_failed'
                WHEN says_done(words_and_tag) THEN 'welcome_sent' END AS welcome_kind,
           CASE WHEN event_kind = 'connect' AND coalesce(status, access_row_status(rest, access_row)) >= '400'
                THEN NULL  -- refused: no connection came to be
                WHEN event_kind IS NOT NULL THEN nullif(event_kind, 'gone')
                WHEN is_welcome OR is_named_gone OR is_worded_gone OR is_hypothetical OR is_elsewhere OR is_foreign
                THEN NULL
                WHEN says_received(words) THEN 'message'
                WHEN is_outbound OR is_failure(words) THEN NULL
                WHEN says_disconnect(words) THEN 'disconnect'
                WHEN says_message(words, dump) THEN 'message'
                WHEN says_connect(words) THEN 'connect' END AS lifecycle_kind
    FROM kinds
)
SELECT seq, timestamp, log_group, stream, message, request_id, is_own, is_counted,
       CASE WHEN structured_kind IS NOT NULL THEN [structured_kind]
            ELSE list_filter([lifecycle_kind,
                              CASE WHEN is_named_gone OR is_worded_gone OR event_kind = 'gone' THEN 'gone' END,
                              welcome_kind], lambda kind: kind IS NOT NULL) END AS kinds,
       url_decode(CASE WHEN structured_kind IS NOT NULL THEN structured_id(told_words)
                       WHEN access_row IS NOT NULL THEN access_row_id(rest)
                       WHEN event_kind IS NOT NULL AND dump_id IS NOT NULL THEN dump_id
                       ELSE coalesce(id_of_prose(prose), dump_id) END) AS connection_id,
       CASE WHEN structured_kind IS NULL THEN is_welcome ELSE starts_with(structured_kind, 'welcome') END AS is_welcome,
       structured_kind IS NULL AND is_worded_gone AND NOT is_named_gone AND event_kind IS DISTINCT FROM 'gone' AS is_worded_gone,
       access_row IS NOT NULL OR is_access_record(record) AS is_access_log,
       uses_vocabulary(words) AND NOT is_hypothetical AND NOT is_elsewhere AS uses_vocabulary,
       CASE WHEN structured_kind IS NULL AND event_kind = 'disconnect' THEN connected_at_of(dump) END AS connected_at
FROM judged
UNION ALL BY NAME
-- says nothing, but begins a request
SELECT seq, timestamp, log_group, stream, message, request_id_of(message) AS request_id, is_own, is_counted, []::VARCHAR[] AS kinds,
       false AS is_welcome, false AS is_worded_gone, false AS is_access_log, false AS uses_vocabulary
FROM candidates
WHERE is_text_start(message);
