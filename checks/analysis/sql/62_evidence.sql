-- The evidence of one kind of case: when it began, whom it hit, what was logged.
-- Reads cases_of_kind, case_versions, redacted_texts, evidence_cases, candidates, worst_connections, timeline_lines; variables
-- case_kind (of EvidenceKind), most_examples, most_characters.
CREATE OR REPLACE MACRO shortened(text) AS
    CASE WHEN length(text) <= getvariable('most_characters') THEN text
         ELSE left(text, getvariable('most_characters') // 2) || ' … ' || right(text, getvariable('most_characters') // 2) END;
CREATE OR REPLACE MACRO cut(message) AS shortened(rtrim(message, E' \n\r\t'));

CREATE OR REPLACE TEMP TABLE redacted_cases AS
SELECT c.seq, c.timestamp, cut(m.shown) AS message, left(i.shown, 128) AS connection_id, left(r.shown, 128) AS request_id,
       g.shown AS log_group, s.shown AS log_stream, c.template
FROM cases_of_kind c LEFT JOIN candidates l USING (seq)
     LEFT JOIN redacted_texts m ON m.text = without_prefix(l.message)
     LEFT JOIN redacted_texts i ON i.text = c.connection_id
     LEFT JOIN redacted_texts r ON r.text = c.request_id
     LEFT JOIN redacted_texts g ON g.text = c.log_group
     LEFT JOIN redacted_texts s ON s.text = c.stream;

-- Since when? Cases that come with the traffic grow as it does. Where they set in at some time, the share of all
-- connections that had met one lags most behind the share of all traffic just before. By Kolmogorov and Smirnov a lag of
-- this size is chance in 5 %. (Only the first case of a connection: the others follow from it, and would prove nothing.)
CREATE OR REPLACE TEMP VIEW onset AS
WITH traffic AS (
    SELECT timestamp FROM signals WHERE is_counted AND getvariable('case_kind') <> 'incomplete'
    UNION ALL SELECT coalesce(began, ended) FROM connections
              WHERE state IN ('complete', 'lost', 'headless') AND getvariable('case_kind') = 'incomplete'
), firsts AS (
    SELECT min(timestamp) AS timestamp FROM cases_of_kind GROUP BY coalesce(connection_id, 'line ' || seq)
), sizes AS (
    SELECT (SELECT count(*) FROM firsts) AS cases, (SELECT count(*) FROM traffic) AS signals
), steps AS (
    -- In whole numbers, which add up exactly in any order: the lag times the cases and the signals.
    SELECT timestamp, cases AS lag FROM traffic, sizes
    UNION ALL SELECT timestamp, -signals FROM firsts, sizes
), lags AS (
    SELECT timestamp, sum(lag) OVER (ORDER BY timestamp RANGE UNBOUNDED PRECEDING) AS lag FROM steps
), widest AS (
    SELECT arg_max(timestamp, (lag, timestamp)) AS before,
           max(lag) > sqrt(-ln(0.05) / 2) * sqrt(any_value(cases) + any_value(signals))
                      * sqrt(any_value(cases)) * sqrt(any_value(signals)) AS is_sudden
    FROM lags, sizes
)
SELECT min(timestamp) FILTER (is_sudden AND timestamp > before) AS began,
       count(*) FILTER (is_sudden AND timestamp > before) AS cases_since
FROM cases_of_kind, widest;

-- All connections are those of the window, and those of cases, which may tell of one that was silent in it.
CREATE OR REPLACE TEMP VIEW extent AS
WITH everybody AS (
    SELECT connection_id FROM connections WHERE is_seen
    UNION SELECT connection_id FROM cases_of_kind WHERE connection_id IS NOT NULL
)
SELECT count(*) AS cases, count(DISTINCT connection_id) AS connections, (SELECT count(*) FROM everybody) AS connections_seen,
       min(timestamp) AS first, max(timestamp) AS last
FROM cases_of_kind;

CREATE OR REPLACE TEMP VIEW shown_versions AS
SELECT left(v.shown, 128) AS version, g.shown AS log_group, sum(cases)::BIGINT AS cases
FROM case_versions c JOIN redacted_texts v ON v.text = c.version LEFT JOIN redacted_texts g ON g.text = c.log_group
GROUP BY ALL
ORDER BY cases DESC, version, log_group;

CREATE OR REPLACE TEMP VIEW shown_connections AS
SELECT w.* REPLACE (left(shown, 128) AS connection_id), connection_id AS key
FROM (FROM worst_connections WHERE kind = getvariable('case_kind')) w JOIN redacted_texts ON redacted_texts.text = connection_id
ORDER BY cases DESC, first_case, key;

CREATE OR REPLACE TEMP VIEW timeline_entries AS
SELECT s.connection_id AS key, s.timestamp, kinds, cut(shown) AS message, entries
FROM timeline_lines s SEMI JOIN (FROM worst_connections WHERE kind = getvariable('case_kind')) USING (connection_id)
     JOIN candidates USING (seq) JOIN redacted_texts ON redacted_texts.text = without_prefix(message)
ORDER BY s.timestamp, seq;

-- The lines of the cases by their template, the most frequent first, with the first examples of each.
CREATE OR REPLACE TEMP TABLE case_templates AS
WITH first_lines AS (
    SELECT template, arg_min(with_id_marked(message, connection_id), seq) AS marked FROM redacted_cases WHERE message IS NOT NULL GROUP BY template
), sentences AS (
    SELECT template, template_of(marked) AS sentence FROM first_lines
)
SELECT sentence AS template, count(*) AS events, min(timestamp) AS first, max(timestamp) AS last,
       list({timestamp: timestamp, message: message, connection_id: connection_id, request_id: request_id,
             log_group: log_group, log_stream: log_stream} ORDER BY timestamp, seq)[:getvariable('most_examples')] AS examples
FROM redacted_cases JOIN sentences USING (template)
WHERE message IS NOT NULL
GROUP BY sentence
ORDER BY events DESC, first, sentence;

-- Every case, for a file.
CREATE OR REPLACE TEMP VIEW case_records AS
SELECT strftime(make_timestamp_ms(timestamp), '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
       connection_id, request_id, log_group, log_stream, message
FROM redacted_cases
ORDER BY redacted_cases.timestamp, seq, connection_id;
