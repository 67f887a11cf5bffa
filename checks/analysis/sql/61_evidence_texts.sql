-- What was logged of the cases, by whom, and where; and the texts of these lines, of timelines, and of errors that coincide with the cases.
-- Reads evidence_cases, lines, scanned, signals, starts, timeline_lines, coincident_errors; variable case_kinds (of EvidenceKind).
CREATE OR REPLACE TEMP TABLE logged_cases AS
SELECT c.*, coalesce(l.request, s.request) AS request, s.log_group, s.stream, coalesce(l.template, s.template) AS template
FROM (FROM evidence_cases WHERE list_contains(getvariable('case_kinds'), kind)) c LEFT JOIN lines l USING (seq)
     LEFT JOIN scanned s ON s.rowid = c.seq;

-- The signals that show who got a welcome message, needed if somebody did not.
CREATE OR REPLACE TEMP VIEW greetings_said AS
SELECT request, connection_id FROM signals
WHERE is_counted AND is_about_welcome(kind) AND 'undelivered' IN (SELECT kind FROM logged_cases);

-- The function and version that served a request, according to its first line. (Lambda may retry it, with a later version.)
CREATE OR REPLACE TEMP TABLE served AS
SELECT request, arg_min(version, (timestamp, seq)) AS version, arg_min(log_group, (timestamp, seq)) AS log_group
FROM starts WHERE request IN (SELECT request FROM logged_cases UNION ALL SELECT request FROM greetings_said)
GROUP BY request;

-- Which versions logged the cases.
CREATE OR REPLACE TEMP TABLE case_versions AS
SELECT kind, version, served.log_group, count(*) AS cases
FROM logged_cases JOIN served USING (request)
WHERE version IS NOT NULL
GROUP BY ALL;

-- How many connections each version greeted or tried to greet: a connection that got no welcome message is one of them.
CREATE OR REPLACE TEMP TABLE greeted_versions AS
SELECT 'undelivered' AS kind, version, log_group, count(DISTINCT connection_id) AS connections
FROM greetings_said JOIN served USING (request)
WHERE version IS NOT NULL
GROUP BY ALL;

-- The ids of the cases' requests, each as one of its lines gives it.
CREATE OR REPLACE TEMP TABLE case_requests AS
SELECT request, any_value(named_request_id(message, stored_request_id)) AS request_id
FROM scanned WHERE message IS NOT NULL AND request IN (SELECT request FROM logged_cases)
GROUP BY request;

CREATE OR REPLACE TEMP TABLE case_texts AS
SELECT rowid AS seq, without_prefix(message) AS text FROM scanned
WHERE message IS NOT NULL AND rowid IN (SELECT seq FROM logged_cases UNION ALL SELECT seq FROM timeline_lines);

CREATE OR REPLACE TEMP TABLE unshown_texts AS
WITH fields AS (
    SELECT unnest([connection_id, log_group, stream]) AS text FROM logged_cases
    UNION ALL SELECT request_id FROM case_requests
    UNION ALL SELECT unnest([version, log_group]) FROM case_versions
    UNION ALL SELECT unnest([version, log_group]) FROM greeted_versions
)
SELECT DISTINCT text, true AS is_message FROM (SELECT text FROM case_texts UNION ALL SELECT text FROM coincident_errors)
UNION ALL SELECT DISTINCT text, false FROM fields WHERE text IS NOT NULL AND NOT is_name_by_aws(text);

-- The texts and fields as they may be shown.
CREATE OR REPLACE TEMP TABLE redacted_texts (text VARCHAR, shown VARCHAR);
CREATE OR REPLACE TEMP TABLE redacted_fields (text VARCHAR, shown VARCHAR);
