-- The evidence of one kind of case: when it began, whom it hit, what was logged.
-- Reads logged_cases, case_versions, redacted_cases, case_sentences, redacted_texts, evidence_cases, onsets, indicator_facts, series,
-- worst_connections, timeline_lines, timeline_texts; variables case_kind (of EvidenceKind), most_examples.
CREATE OR REPLACE TEMP VIEW cases_of_kind AS SELECT rowid AS number, * FROM logged_cases WHERE kind = getvariable('case_kind');

CREATE OR REPLACE TEMP VIEW onset AS
SELECT any_value(o.began) AS began, count(*) FILTER (c.timestamp >= o.began) AS cases_since
FROM cases_of_kind c LEFT JOIN onsets o USING (kind);

-- How many of the cases each indicator was seen on: an error on its own line, all else on the connection.
CREATE OR REPLACE TEMP VIEW case_indicators AS
WITH sightings AS (
    SELECT DISTINCT name, c.number FROM cases_of_kind c JOIN indicator_facts f ON f.seq = c.seq
    UNION
    SELECT DISTINCT name, c.number FROM cases_of_kind c JOIN indicator_facts f ON f.connection_id = c.connection_id
    WHERE kind NOT IN ('gone', 'gone_welcome')
)
SELECT name, count(*) AS cases FROM sightings GROUP BY name ORDER BY cases DESC, name;

-- How many of the cases were in each bucket of the overview.
CREATE OR REPLACE TEMP VIEW case_series AS
SELECT start, count(c.timestamp) AS cases
FROM series LEFT JOIN cases_of_kind c ON start = c.timestamp - (c.timestamp - getvariable('since')) % getvariable('bucket')
GROUP BY start
ORDER BY start;

-- How many of the connections met cases of another kind, too: where these are most, both kinds are one incident.
CREATE OR REPLACE TEMP VIEW shared_connections AS
SELECT kind, count(DISTINCT connection_id) AS connections
FROM evidence_cases SEMI JOIN cases_of_kind USING (connection_id)
WHERE kind <> getvariable('case_kind')
GROUP BY kind
ORDER BY kind;

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
FROM (FROM case_versions WHERE kind = getvariable('case_kind')) c JOIN redacted_texts v ON v.text = c.version LEFT JOIN redacted_texts g ON g.text = c.log_group
GROUP BY ALL
ORDER BY cases DESC, version, log_group;

CREATE OR REPLACE TEMP VIEW shown_connections AS
SELECT w.* REPLACE (left(shown, 128) AS connection_id), connection_id AS key
FROM (FROM worst_connections WHERE kind = getvariable('case_kind')) w JOIN redacted_texts ON redacted_texts.text = connection_id
ORDER BY cases_since DESC, cases DESC, first_case, key;

CREATE OR REPLACE TEMP VIEW timeline_entries AS
SELECT s.connection_id AS key, s.timestamp, kinds, cut(shown) AS message, entries
FROM timeline_lines s SEMI JOIN (FROM worst_connections WHERE kind = getvariable('case_kind')) USING (connection_id)
     JOIN timeline_texts USING (seq) JOIN redacted_texts USING (text)
ORDER BY s.timestamp, seq;

-- The lines of the cases by their template, the most frequent first, with a few examples of each. What came since the onset comes
-- before what was there earlier.
CREATE OR REPLACE TEMP TABLE case_templates AS
SELECT sentence AS template, count(*) AS events, min(timestamp) AS first, max(timestamp) AS last,
       list({timestamp: timestamp, message: message, connection_id: connection_id, request_id: request_id,
             log_group: log_group, log_stream: log_stream}
            ORDER BY timestamp < began, timestamp, seq)[:getvariable('most_examples')] AS examples
FROM redacted_cases JOIN case_sentences USING (kind, template), onset
WHERE kind = getvariable('case_kind')
GROUP BY sentence
ORDER BY count(*) FILTER (timestamp >= began) DESC, events DESC, first, sentence;

-- Every case, for a file.
CREATE OR REPLACE TEMP VIEW case_records AS
SELECT strftime(make_timestamp_ms(timestamp), '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
       connection_id, request_id, log_group, log_stream, message
FROM redacted_cases WHERE kind = getvariable('case_kind')
ORDER BY redacted_cases.timestamp, seq, connection_id;
