-- The evidence of one kind of case: when it began, whom it hit, what was logged.
-- Reads cases_of_kind, case_versions, redacted_texts, evidence_cases, onsets, indicator_facts, series, candidates, worst_connections,
-- timeline_lines; variables case_kind (of EvidenceKind), most_examples, most_characters.
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

CREATE OR REPLACE TEMP VIEW onset AS
SELECT any_value(o.began) AS began, count(*) FILTER (c.timestamp >= o.began) AS cases_since
FROM cases_of_kind c LEFT JOIN onsets o USING (kind);

-- How many of the cases each indicator was seen on: an error on its own line, all else on the connection.
CREATE OR REPLACE TEMP VIEW case_indicators AS
WITH sightings AS (
    SELECT DISTINCT name, c.rowid AS number FROM cases_of_kind c JOIN indicator_facts f ON f.seq = c.seq
    UNION
    SELECT DISTINCT name, c.rowid FROM cases_of_kind c JOIN indicator_facts f ON f.connection_id = c.connection_id
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
FROM case_versions c JOIN redacted_texts v ON v.text = c.version LEFT JOIN redacted_texts g ON g.text = c.log_group
GROUP BY ALL
ORDER BY cases DESC, version, log_group;

CREATE OR REPLACE TEMP VIEW shown_connections AS
SELECT w.* REPLACE (left(shown, 128) AS connection_id), connection_id AS key
FROM (FROM worst_connections WHERE kind = getvariable('case_kind')) w JOIN redacted_texts ON redacted_texts.text = connection_id
ORDER BY cases_since DESC, cases DESC, first_case, key;

CREATE OR REPLACE TEMP VIEW timeline_entries AS
SELECT s.connection_id AS key, s.timestamp, kinds, cut(shown) AS message, entries
FROM timeline_lines s SEMI JOIN (FROM worst_connections WHERE kind = getvariable('case_kind')) USING (connection_id)
     JOIN candidates USING (seq) JOIN redacted_texts ON redacted_texts.text = without_prefix(message)
ORDER BY s.timestamp, seq;

-- The lines of the cases by their template, the most frequent first, with a few examples of each. What came since the onset comes
-- before what was there earlier.
CREATE OR REPLACE TEMP TABLE case_templates AS
WITH first_lines AS (
    SELECT template, arg_min(with_id_marked(message, connection_id), seq) AS marked FROM redacted_cases WHERE message IS NOT NULL GROUP BY template
), sentences AS (
    SELECT template, template_of(marked) AS sentence FROM first_lines
)
SELECT sentence AS template, count(*) AS events, min(timestamp) AS first, max(timestamp) AS last,
       list({timestamp: timestamp, message: message, connection_id: connection_id, request_id: request_id,
             log_group: log_group, log_stream: log_stream}
            ORDER BY timestamp < began, timestamp, seq)[:getvariable('most_examples')] AS examples
FROM redacted_cases JOIN sentences USING (template), onset
WHERE message IS NOT NULL
GROUP BY sentence
ORDER BY count(*) FILTER (timestamp >= began) DESC, events DESC, first, sentence;

-- Every case, for a file.
CREATE OR REPLACE TEMP VIEW case_records AS
SELECT strftime(make_timestamp_ms(timestamp), '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
       connection_id, request_id, log_group, log_stream, message
FROM redacted_cases
ORDER BY redacted_cases.timestamp, seq, connection_id;
