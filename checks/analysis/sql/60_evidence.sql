-- The evidence of one kind of case: when it began, whom it hit, what was logged.
-- Reads evidence_cases; variables case_kind (of `EvidenceKind`), most_timelines, most_entries, most_examples, most_characters.
CREATE OR REPLACE MACRO shortened(text) AS
    CASE WHEN length(text) <= getvariable('most_characters') THEN text
         ELSE left(text, getvariable('most_characters') // 2) || ' … ' || right(text, getvariable('most_characters') // 2) END;
CREATE OR REPLACE MACRO cut(message) AS shortened(rtrim(message, E' \n\r\t'));

-- Redacted in one expression: each that stands in a query takes DuckDB 20 ms to prepare.
CREATE OR REPLACE TEMP TABLE redacted_cases AS
SELECT * EXCLUDE shown, cut(shown[1]) AS message, left(shown[2], 128) AS shown_connection_id, left(shown[3], 128) AS request_id,
       shown[4] AS log_group, shown[5] AS log_stream
FROM (
    SELECT c.*, list_transform(
               [without_prefix(l.message), c.connection_id, l.request_id, l.log_group, l.stream],
               lambda text: harmless(redacted(text))) AS shown
    FROM (FROM evidence_cases WHERE kind = getvariable('case_kind')) c LEFT JOIN lines l USING (seq)
);

-- Since when? Cases that come with the traffic grow as it does. Where they set in at some time, the share of all
-- connections that had met one lags most behind the share of all traffic just before. By Kolmogorov and Smirnov a lag of
-- this size is chance in 5 %. (Only the first case of a connection: the others follow from it, and would prove nothing.)
CREATE OR REPLACE TEMP VIEW onset AS
WITH traffic AS (
    SELECT timestamp FROM signals WHERE is_counted AND getvariable('case_kind') <> 'incomplete'
    UNION ALL SELECT coalesce(began, ended) FROM connections
              WHERE state IN ('complete', 'lost', 'headless') AND getvariable('case_kind') = 'incomplete'
), firsts AS (
    SELECT min(timestamp) AS timestamp FROM redacted_cases GROUP BY coalesce(connection_id, 'line ' || seq)
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
FROM redacted_cases, widest;

-- All connections are those of the window, and those of cases, which may tell of one that was silent in it.
CREATE OR REPLACE TEMP VIEW extent AS
WITH everybody AS (
    SELECT connection_id FROM connections WHERE is_seen
    UNION SELECT connection_id FROM redacted_cases WHERE connection_id IS NOT NULL
)
SELECT count(*) AS cases, count(DISTINCT connection_id) AS connections, (SELECT count(*) FROM everybody) AS connections_seen,
       min(timestamp) AS first, max(timestamp) AS last
FROM redacted_cases;

-- Which versions of which functions they were logged by, as far as the first lines of their requests tell.
CREATE OR REPLACE TEMP VIEW case_versions AS
WITH requests AS (
    SELECT lines.request_id FROM redacted_cases JOIN lines USING (seq)  -- as logged; that of redacted_cases is redacted
), starts AS (
    -- Lambda may try a request again, by a later version.
    SELECT request_id, arg_min(version_of(message), (timestamp, seq)) AS version, arg_min(log_group, (timestamp, seq)) AS log_group
    FROM lines SEMI JOIN requests USING (request_id)
    WHERE is_start(message)
    GROUP BY request_id
)
SELECT left(harmless(redacted(version)), 128) AS version, harmless(redacted(log_group)) AS log_group, count(*) AS cases
FROM requests JOIN starts USING (request_id)
WHERE version IS NOT NULL
GROUP BY ALL
ORDER BY cases DESC, version, log_group;

-- The connections that met most of it, and the first of them.
CREATE OR REPLACE TEMP VIEW worst_connections AS
SELECT connection_id, any_value(shown_connection_id) AS shown_connection_id, count(*) AS cases, any_value(c.began) AS began, any_value(c.ended) AS ended,
       any_value(c.state) AS state, any_value(c.duration_seconds) AS duration_seconds
FROM redacted_cases LEFT JOIN connections c USING (connection_id)
WHERE connection_id IS NOT NULL
GROUP BY connection_id
ORDER BY cases DESC, min(redacted_cases.timestamp), connection_id
LIMIT getvariable('most_timelines');

-- All that was logged of these connections: the first entries and the last where there are many.
CREATE OR REPLACE TEMP VIEW timeline_entries AS
SELECT connection_id, timestamp, kinds, cut(redacted(without_prefix(message))) AS message,
       count(*) OVER (PARTITION BY connection_id) AS entries
FROM lines SEMI JOIN worst_connections USING (connection_id)
WHERE NOT is_start(message)
QUALIFY least(row_number() OVER (PARTITION BY connection_id ORDER BY timestamp, seq),
              row_number() OVER (PARTITION BY connection_id ORDER BY timestamp DESC, seq DESC)) <= getvariable('most_entries') / 2
ORDER BY timestamp, seq;

-- The lines of the cases by their template, the most frequent first, with the first examples of each.
CREATE OR REPLACE TEMP VIEW case_templates AS
SELECT left(shape_of(message), 200) AS template, count(*) AS events, min(timestamp) AS first, max(timestamp) AS last,
       list({timestamp: timestamp, message: message, connection_id: shown_connection_id, request_id: request_id,
             log_group: log_group, log_stream: log_stream} ORDER BY timestamp, seq)[:getvariable('most_examples')] AS examples
FROM redacted_cases
WHERE message IS NOT NULL
GROUP BY template
ORDER BY events DESC, first, template;

-- Every case, for a file.
CREATE OR REPLACE TEMP VIEW case_records AS
SELECT strftime(make_timestamp_ms(timestamp), '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
       shown_connection_id AS connection_id, request_id, log_group, log_stream, message
FROM redacted_cases
ORDER BY redacted_cases.timestamp, seq, connection_id;
