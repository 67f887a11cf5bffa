-- The evidence of each kind of case: when it began, whom it hit, what was logged.
-- Reads logged_cases, case_versions, greeted_versions, redacted_cases, redacted_lines, case_sentences, redacted_fields, evidence_cases,
-- onsets, indicator_facts, series, worst_connections, timeline_lines; variables most_examples, most_templates.

-- How many of the cases each indicator was seen on: for errors only on their own line, for all else also on the connection.
CREATE OR REPLACE TEMP TABLE case_indicators AS
WITH cases AS (
    SELECT rowid AS number, kind, seq, connection_id FROM logged_cases
), sightings AS (
    SELECT DISTINCT kind, name, number FROM cases JOIN indicator_facts USING (seq)
    UNION
    SELECT DISTINCT kind, name, number FROM cases JOIN indicator_facts USING (connection_id) WHERE kind NOT IN ('gone', 'gone_welcome')
)
SELECT kind, name, count(*) AS cases FROM sightings GROUP BY kind, name;

-- How many of the cases were in each bucket of the overview.
CREATE OR REPLACE TEMP TABLE case_series AS
WITH buckets AS (
    SELECT kind, timestamp - (timestamp - getvariable('since')) % getvariable('bucket') AS start, count(*) AS cases
    FROM logged_cases GROUP BY ALL
)
SELECT kind, start, coalesce(cases, 0) AS cases
FROM (FROM series, (SELECT DISTINCT kind FROM logged_cases)) LEFT JOIN buckets USING (kind, start);

-- How many of the connections met cases of another kind, too: if most of them did, both kinds are one incident.
CREATE OR REPLACE TEMP TABLE shared_connections AS
SELECT c.kind, other.kind AS other, count(*) AS connections
FROM (SELECT DISTINCT kind, connection_id FROM logged_cases) c
     JOIN (SELECT DISTINCT kind, connection_id FROM evidence_cases) other ON c.connection_id = other.connection_id AND c.kind <> other.kind
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE shown_versions AS
WITH versions AS (
    SELECT kind, version, log_group, cases, NULL AS connections FROM case_versions
    UNION ALL SELECT kind, version, log_group, 0, connections FROM greeted_versions
)
SELECT kind, left(v.shown, 128) AS version, g.shown AS log_group, sum(cases)::BIGINT AS cases, sum(connections)::BIGINT AS connections
FROM versions c JOIN redacted_fields v ON v.text = c.version LEFT JOIN redacted_fields g ON g.text = c.log_group
GROUP BY ALL;

-- connections_seen counts the connections of the window and those of cases, since a case may be about one that was silent in it.
CREATE OR REPLACE TEMP VIEW evidence AS
WITH seen AS (
    SELECT connection_id, true AS is_seen FROM connections WHERE is_seen
)
SELECT kind, count(*) AS cases, count(DISTINCT connection_id) AS connections,
       (SELECT count(*) FROM seen) + count(DISTINCT connection_id) FILTER (is_seen IS NULL) AS connections_seen,
       min(timestamp) AS first, max(timestamp) AS last, any_value(began) AS began, count(*) FILTER (timestamp >= began) AS cases_since,
       any_value(ended) AS ended, count(*) FILTER (timestamp BETWEEN began AND ended) AS cases_between,
       (SELECT list(s.cases ORDER BY start) FROM case_series s WHERE s.kind = c.kind) AS counts,
       (SELECT list({kind: other, connections: connections} ORDER BY other) FROM shared_connections s WHERE s.kind = c.kind) AS shared,
       (SELECT list({name: name, cases: i.cases} ORDER BY i.cases DESC, name) FROM case_indicators i WHERE i.kind = c.kind) AS indicators,
       (SELECT list({version: version, log_group: log_group, cases: v.cases, connections: v.connections}
                    ORDER BY v.cases DESC, version, log_group)
        FROM shown_versions v WHERE v.kind = c.kind) AS versions
FROM logged_cases c LEFT JOIN onsets USING (kind) LEFT JOIN seen USING (connection_id)
GROUP BY kind;

CREATE OR REPLACE TEMP VIEW shown_connections AS
SELECT w.* REPLACE (left(shown_field(connection_id, shown), 128) AS connection_id), connection_id AS key
FROM (FROM worst_connections WHERE kind IN (SELECT kind FROM logged_cases)) w LEFT JOIN redacted_fields f ON f.text = connection_id
ORDER BY kind, cases_since DESC, cases DESC, first_case, key;

CREATE OR REPLACE TEMP VIEW timeline_entries AS
SELECT connection_id AS key, timestamp, kinds, message, entries
FROM timeline_lines JOIN redacted_lines USING (seq)
ORDER BY timestamp, seq;

-- The lines of the cases by template, the most frequent first, with a few examples of each. What came since the onset comes before earlier
-- lines.
CREATE OR REPLACE TEMP VIEW case_templates AS
WITH cases AS (
    SELECT c.rowid AS number, kind, sentence, timestamp, began, (timestamp < began, timestamp, seq) AS rank
    FROM redacted_cases c JOIN case_sentences USING (kind, template) LEFT JOIN onsets USING (kind)
), templates AS (
    SELECT kind, sentence, count(*) AS events, min(timestamp) AS first, max(timestamp) AS last,
           arg_min(number, rank, getvariable('most_examples')) AS numbers,
           count(*) OVER (PARTITION BY kind) AS templates,
           row_number() OVER (PARTITION BY kind ORDER BY count(*) FILTER (timestamp >= began) DESC, events DESC, first, sentence) AS place
    FROM cases GROUP BY kind, sentence
    QUALIFY place <= getvariable('most_templates')
), examples AS (
    SELECT t.kind, place, list({timestamp: timestamp, message: message, connection_id: connection_id, request_id: request_id,
                                log_group: log_group, log_stream: log_stream} ORDER BY list_position(numbers, c.rowid)) AS examples
    FROM (SELECT *, unnest(numbers) AS number FROM templates) t JOIN redacted_cases c ON c.rowid = number
    LEFT JOIN redacted_lines USING (seq)
    GROUP BY t.kind, place
)
SELECT kind, sentence AS template, events, first, last, templates, examples FROM templates JOIN examples USING (kind, place)
ORDER BY kind, place;

-- Every case, for a file.
CREATE OR REPLACE TEMP VIEW case_records AS
SELECT strftime(make_timestamp_ms(timestamp), '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
       connection_id, request_id, log_group, log_stream, message
FROM redacted_cases c LEFT JOIN redacted_lines USING (seq) WHERE kind = getvariable('case_kind')
ORDER BY c.timestamp, seq, connection_id;
