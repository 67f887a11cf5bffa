-- What a line says by itself: its meaning, which all lines of a template share, and the connection that it names.
-- Reads a table of lines by its name: seq, template, message. Returns a row for each: seq, template, meaning, and what is the line's own:
-- connection_id, connected_at, close_code.

CREATE OR REPLACE MACRO classified(lines) AS TABLE
-- (Each step names an expression once: a macro repeats its argument, and within one step repetitions multiply.)
WITH shared AS (  -- grouping spreads the lines over all cores, however few they are
    SELECT seq, any_value(template) AS template, any_value(message) AS message FROM query_table(lines) GROUP BY seq
), contained AS (
    SELECT *, within_container(message) AS contained FROM shared
), pooled AS (
    SELECT *, within_pool(contained) AS pooled FROM contained
), logged_lines AS (
    SELECT *, within_logger(pooled) AS line FROM pooled
), coloured AS (
    SELECT *, without_colours(line) AS colourless FROM logged_lines
), ended AS (
    SELECT *, without_glued_end(colourless) AS ended FROM coloured
), plain AS (
    SELECT *, with_plain_equals(with_newlines(ended)) AS text FROM ended
), unwrapped AS (
    SELECT *, trim(without_prefix(text), E' \n\r\t') AS unprefixed FROM plain
), dequoted AS (
    SELECT *, with_plain_values(unprefixed) AS dequoted FROM unwrapped
), framed AS (  -- a record behind what a text logger adds is a record, too
    SELECT *, without_lambda_prefix(text) AS line_of_logger,
           CASE WHEN ends_with(dequoted, '}') AND NOT starts_with(dequoted, '{')
                THEN regexp_extract(line_of_logger, frame_pattern() || '(?:\[[\w .-]+\] )?\{') END AS frame_of_record
    FROM dequoted
), untagged AS (
    SELECT *, CASE WHEN and_then(frame_of_record <> '', is_frame(frame_of_record))
                   THEN trim(line_of_logger[length(frame_of_record):], E' \n\r\t') ELSE without_lone_tag(dequoted) END AS rest
    FROM framed
), identified AS (
    SELECT *, execution_request_id(rest) AS execution_request_id FROM untagged
), parsed AS (
    SELECT *, CASE WHEN starts_with(rest, '{') AND json_valid(rest) THEN rest END AS record,
           CASE WHEN ends_with(rest, '}') THEN trailing_braces(rest)
                WHEN ends_with(rest, '} []') THEN trailing_braces(left(rest, length(rest) - 3)) END AS trailer,  -- Monolog's
           -- a bare JSON string or list is data, not a statement, except a route key, and what became of JavaScript's promises
           and_then(regexp_matches(rest, '^(?:\[|"[^$])'), json_valid(rest) AND NOT contains(rest, '"status":"rejected"')) AS is_data,
           is_cut_off(rest) AS is_cut_off,
           coalesce(json_extract_string(record, '$.message'), rest) AS record_words,
           structured_kind(record_words) AS structured_kind
    FROM identified
), logged_texts AS (
    SELECT *, CASE WHEN record IS NOT NULL THEN with_places_filled(json_message(record)) WHEN is_cut_off THEN cut_message(rest)
                   ELSE line_of_logger END AS logged
    FROM parsed
), beginnings AS (
    SELECT *, before_sentence(regexp_extract(logged, frame_pattern())) AS beginning, record IS NOT NULL OR is_cut_off AS is_record
    FROM logged_texts
), sentences AS (
    SELECT *, CASE WHEN is_frame(beginning) AND (is_record OR length(logged) - length(beginning) <= length(rest))
                   THEN without_klog_quotes(beginning, trim(logged[length(beginning) + 1:], E' \n\r\t'))
                   WHEN is_record THEN logged ELSE rest END AS sentence
    FROM beginnings
), logfmt_lines AS (
    SELECT *, CASE WHEN NOT is_record THEN logfmt_of(sentence) END AS logfmt FROM sentences
), marked AS (
    SELECT *, is_logfmt_quotation(logfmt) AS is_logfmt_quotation FROM logfmt_lines
), worded AS (
    SELECT *, CASE WHEN is_data OR is_payload(record) THEN ''
                   WHEN record IS NOT NULL THEN concat_ws(chr(10), sentence, json_error(record))
                   WHEN is_cut_off THEN concat_ws(chr(10), sentence, cut_error(rest), rest)
                   WHEN json_valid(trailer) THEN concat_ws(chr(10), sentence, json_error(trailer))
                   WHEN execution_request_id IS NOT NULL THEN without_shown_message(rest)
                   WHEN starts_with(rest, '{') THEN concat_ws(chr(10), printed_message(rest), sentence)
                   WHEN logfmt.words <> '' THEN trim(logfmt.words, '"''') || if(is_logfmt_quotation, '', logfmt.fields)
                   ELSE sentence END AS own_words
    FROM marked
), unframed AS (
    SELECT *, without_frames(own_words) AS unframed FROM worded
), foreign_words AS (  -- (Without such a mark there is nothing to search for; likewise below.)
    SELECT *, CASE WHEN regexp_matches(unframed, '["''`]') THEN without_speech(without_bodies(unframed)) ELSE unframed END AS original
    FROM unframed
), english AS (
    SELECT *, in_english(original) AS translation FROM foreign_words
), unquoted AS (
    SELECT *, CASE WHEN regexp_matches(translation, '[:=>|]|%3[Dd]|^\w+  ') THEN without_quotations(translation)
                   ELSE translation END AS said
    FROM english
), undumped AS (
    SELECT *, without_dumps(said) AS prose_with_fields FROM unquoted
), spaced AS (
    SELECT *, CASE WHEN contains(prose_with_fields, '=') THEN with_spaced_fields(prose_with_fields) ELSE prose_with_fields END AS quoting
    FROM undumped
), quoteless AS (
    SELECT *, CASE WHEN regexp_matches(quoting, '["'']') THEN without_quoted_text(quoting) ELSE quoting END AS quoteless FROM spaced
), parts AS (
    SELECT *, concat_ws(chr(10), without_bodies(CASE WHEN is_logfmt_quotation THEN logfmt.fields ELSE without_message(record) END),
                        said) AS dumped,
           without_other_ids(with_plain_ids(quoteless)) AS prose,
           without_labels(rest) AS row, CASE WHEN record IS NULL THEN access_row_event(row) END AS access_row,
           coalesce(is_access_record(rest), false) AS is_access_record
    FROM quoteless
), unescaped AS (
    SELECT *, without_escapes(dumped) AS unescaped FROM parts
), dumps AS (
    SELECT *, context_of(unescaped) AS dump FROM unescaped
), fields AS (
    SELECT *, CASE WHEN regexp_matches(dump, '[:=>@]') THEN dump END AS fields FROM dumps
), phrased AS (
    SELECT *, plain_words(prose) AS words, id_of_dump(fields) AS dump_id, recipient_id_of(fields) AS recipient_id,
           coalesce(tag_of(fields), name_alone(prose), CASE WHEN dump_id IS NOT NULL THEN name_before_fields(prose) END) AS own_tag,
           route_of(fields) AS route, status_of(fields) AS status, regexp_matches(dump, '(?i)event_?type') AS has_event_type,
           regexp_matches(dump, '(?i)route_?key') AS has_route_key,
           is_hypothetical(prose) AS is_hypothetical,
           is_foreign_event(rest) AS is_foreign,
           -- (a library also reports the answer to a call on a connection)
           or_else(is_report(message) OR and_then(NOT contains(message, 'connections/'), is_of_library(message) OR is_metric(message)),
                   and_then(original IS NOT DISTINCT FROM translation, is_of_databases_alone(message))) AS is_noise
    FROM fields
), tagged AS (
    SELECT *, with_clients_alike(plain_words(
               CASE WHEN own_tag IS NULL AND (logged = '' OR says_state_alone(words))
                    THEN coalesce(state_of(record), state_of_labelled(words, trailer), handler_of(dump))
                    ELSE own_tag END)) AS tag,
           dump_id IS NOT NULL AS has_id, with_services_marked(words) AS marked, names_client(words) AS names_client,
           regexp_replace(words, ' connection @\W*$', '') AS unaddressed
    FROM phrased
), contexts AS (
    SELECT *, concat_ws(' | ', words, tag) AS words_and_tag, is_elsewhere(words, marked, has_id)
           OR and_then(record IS NOT NULL AND NOT has_id, NOT names_client AND has_service_field(record)) AS is_elsewhere,
           is_of_client(words, has_id, names_client) AS is_of_client, is_no_inbound(marked) AS is_no_inbound,
           is_outbound(words) AS is_outbound, is_failure(words) AS is_failure, says_refusal(words) AS says_refusal,
           and_then((contains(words, '410') OR contains(words, 'gone')) AND NOT contains(dump, '@connections/'),
                    is_gone_elsewhere(words)) OR names_who_answered(unaddressed, marked) AS is_gone_elsewhere,
           has_id OR has_connection_context(words_and_tag) AS has_context,
           names_other_address(dump) AS names_other_address
    FROM tagged
), kinds AS (
    SELECT *,
           CASE WHEN is_foreign OR (is_hypothetical AND NOT has_id AND access_row IS NULL) THEN NULL
                WHEN access_row = 'CONNECTION_API' THEN CASE WHEN access_row_status(row) = '410' THEN 'gone' END
                WHEN access_row = '$default' THEN 'message'
                WHEN access_row IS NOT NULL THEN lower(ltrim(access_row, '$'))
                -- an event with the application's own name may be one that it sends; a route may be that of the request in which it sends
                WHEN is_outbound AND NOT has_event_type THEN NULL
                ELSE kind_of_tag(tag, route, has_route_key, dump_id) END AS event_kind,
           NOT is_hypothetical AND says_welcome(words_and_tag) AS is_welcome,
           -- (the line may also name another way by which the message is sent instead)
           access_row IS NULL AND NOT is_hypothetical AND NOT is_gone_elsewhere
           AND (NOT is_elsewhere OR and_then(contains(words, 'gone exception'), contains(words, '@'))) AND (
               names_gone(words, and_then(has_context, record IS NULL OR NOT names_other_address))
               OR and_then(carries_gone(fields), (has_context OR regexp_matches(dump, '\b410\b|\bUnknown(?:Error)?\b|PostToConnection'))
                                                 AND (has_id OR NOT names_other_address))
               OR (status = '410' AND (contains(dump, '@connections') OR tag = 'connection api'
                                        OR contains(words_and_tag, 'post to connection')
                                        OR ((record IS NULL OR has_id OR regexp_matches(words, '\bgone\b'))
                                            AND has_context AND NOT names_other_address
                                            AND NOT (is_access_record AND tag IN ('connect', 'disconnect', 'message')))))
                  IS TRUE
               OR and_then(contains(words, '@connections'), regexp_matches(words, '\b410\b'))
               OR and_then(has_id, says_unanswered(words, dump))
               OR and_then(contains(dump, '@connections/'),
                           regexp_matches(dump, '(?s)@connections/.{0,300}\b410 Gone\b|\b410 Gone\b.{0,100}@connections/'))
           ) AS is_named_gone,
           NOT is_hypothetical AND NOT is_elsewhere AND NOT is_gone_elsewhere
           AND or_else(words_gone(words), and_then(has_id, says_somebody_gone(words))) AS is_worded_gone
    FROM contexts
), greetings AS (
    SELECT *, CASE WHEN is_welcome THEN concat_ws(' | ', words_and_tag, outcome_of(record)) END AS greeting, id_of_prose(prose) AS prose_id,
           CASE WHEN access_row IS NULL THEN status ELSE access_row_status(row) END AS answer_status,
           is_failed_invocation(text) AS is_failed_invocation
    FROM kinds
), judged AS (
    SELECT *,
           CASE WHEN NOT is_welcome THEN NULL
                WHEN says_again(greeting) THEN 'welcome_retry'
                WHEN says_failed(greeting) OR is_named_gone OR is_worded_gone THEN 'welcome_failed'
                WHEN says_done(greeting) THEN 'welcome_sent'
                WHEN is_error_line(message) THEN 'welcome_failed' END AS welcome_kind,  -- (Go's way to say what failed)
           CASE WHEN event_kind = 'connect' AND (says_request_failed(words) OR answer_status >= '400')
                THEN NULL  -- refused: no connection was made
                WHEN event_kind = 'message' AND NOT has_event_type AND (is_named_gone OR is_worded_gone) THEN NULL
                WHEN event_kind IS NOT NULL THEN nullif(event_kind, 'gone')
                WHEN access_row IS NOT NULL OR is_access_record OR is_failed_invocation
                     OR is_welcome OR is_named_gone OR is_worded_gone OR is_hypothetical OR is_elsewhere OR is_foreign
                THEN NULL
                WHEN says_received(words, is_no_inbound) THEN 'message'
                WHEN or_else(is_outbound, and_then(is_failure, is_failure(without_reason(words)))) THEN NULL
                WHEN says_disconnect(words, has_id, is_of_client) THEN 'disconnect'
                WHEN says_message(words, marked, dump, has_id, is_no_inbound) THEN 'message'
                WHEN says_connect(words, has_id, is_of_client) THEN 'connect' END AS lifecycle_kind,
           -- not a signal, yet not a riddle; what Lambda itself says does not explain a line of the application
           NOT is_start(message) AND NOT is_cold_start(message)
           AND (is_outbound OR is_hypothetical OR is_elsewhere OR is_foreign OR access_row IS NOT NULL OR is_access_record
                OR execution_request_id IS NOT NULL OR is_failure OR says_housekeeping(words)) AS is_known,
           -- whether it is about what became of a post to a connection
           is_welcome OR is_named_gone OR is_worded_gone OR event_kind = 'gone' OR structured_kind IS NOT NULL AS is_about_post
    FROM greetings
)
SELECT seq, template,
       {kinds: CASE WHEN is_noise THEN []
                    WHEN structured_kind IS NOT NULL THEN [structured_kind]
                    ELSE list_filter([lifecycle_kind,
                                      CASE WHEN is_named_gone OR is_worded_gone OR event_kind = 'gone' THEN 'gone' END,
                                      welcome_kind], lambda kind: kind IS NOT NULL) END,
        is_welcome: CASE WHEN structured_kind IS NULL THEN is_welcome ELSE starts_with(structured_kind, 'welcome') END,
        -- (a line about the reaction names the error again: "removed X after 410 Gone")
        is_worded_gone: and_then(structured_kind IS NULL AND event_kind IS DISTINCT FROM 'gone',
                                 if(is_named_gone,
                                    says_removal(words) OR (is_worded_gone AND NOT contains(words, 'exception')),
                                    is_worded_gone)),
        -- the exception that ended the invocation, or nothing but its name: another line may have reported the same error
        gone_again: CASE WHEN NOT is_named_gone THEN NULL
                         WHEN is_failed_invocation THEN 'uncaught'
                         WHEN says_gone_alone(words) THEN 'alone' END,
        -- names a connection, by a name for it or by its look, in words that are not understood
        is_riddle: and_then(NOT is_noise AND structured_kind IS NULL AND event_kind IS NULL AND lifecycle_kind IS NULL
                            AND welcome_kind IS NULL AND NOT is_known AND NOT is_named_gone AND NOT is_worded_gone,
                            has_id OR names_connection(prose)),
        is_known: is_known,
        source: CASE WHEN execution_request_id IS NOT NULL THEN execution_log()
                     WHEN is_access_record OR (access_row IS NOT NULL AND is_access_log_row(row)) THEN access_log()
                     ELSE function_log() END,
        post: CASE WHEN access_row = 'CONNECTION_API' OR tag = 'connection api' OR contains(words, 'connection api request') THEN 'done'
                   WHEN NOT is_outbound THEN NULL
                   -- (the next line may say why a post failed)
                   WHEN CASE WHEN is_failure THEN NOT regexp_matches(words, '@(?: failed)?\W*$') ELSE says_posted(words) END
                   THEN 'done' ELSE 'begun' END,
        is_refusal: CASE WHEN execution_request_id IS NOT NULL THEN is_failed_step(rest)
                         ELSE is_failed_invocation
                              OR (NOT is_elsewhere AND (says_refusal OR and_then(answer_status >= '400',
                                                                                 event_kind = 'connect' OR says_answer(words)))) END,
        uses_vocabulary: NOT is_noise AND access_row IS NULL AND NOT is_access_record AND uses_vocabulary(words, names_client, is_outbound)
                         AND NOT is_hypothetical AND NOT is_elsewhere AND NOT is_gone_elsewhere AND NOT says_refusal,
        clears_stale: and_then(NOT is_noise AND NOT is_named_gone AND NOT is_worded_gone AND NOT is_hypothetical AND NOT is_elsewhere,
                               clears_stale(words)),
        breaks_off_answer: and_then(lifecycle_kind = 'disconnect' IS TRUE, breaks_off_answer(words)),
        announces_welcome: and_then(is_welcome AND structured_kind IS NULL, is_outbound AND welcome_kind IS NULL),
        is_start: is_start(message),
        version: CASE WHEN is_start(message) THEN version_of(message) END,
        is_cold_start: is_cold_start(message),
        is_timeout: is_timeout(message),
        is_throttled: and_then(is_about_post, tells_throttling(message)),
        is_forbidden: and_then(is_about_post, tells_lack_of_permission(message))} AS meaning,
       plain_id(CASE WHEN structured_kind IS NOT NULL THEN structured_id(record_words)
                     WHEN access_row IS NOT NULL THEN access_row_id(row)
                     WHEN is_about_post AND recipient_id IS NOT NULL THEN recipient_id
                     WHEN event_kind IS NOT NULL AND has_id THEN dump_id
                     -- (among words, a value that ends in "=" looks like an id, but not like one of API Gateway's)
                     WHEN is_gateway_id(dump_id) AND NOT is_gateway_id(prose_id) THEN dump_id
                     ELSE coalesce(prose_id, dump_id) END) AS connection_id,
       CASE WHEN structured_kind IS NULL AND event_kind = 'disconnect' THEN connected_at_of(dump) END AS connected_at,
       close_code_of(message) AS close_code
FROM judged;
