-- What was logged of cases, by whom, where; and those of its texts that no one has redacted yet.
-- Reads evidence_cases, lines, scanned, starts, candidates, timeline_lines, redacted_texts; variable case_kinds (of EvidenceKind).
CREATE OR REPLACE TEMP TABLE logged_cases AS
SELECT c.*, coalesce(l.request_id, s.request_id) AS request_id, s.log_group, s.stream, coalesce(l.template, s.template) AS template,
       without_prefix(s.message) AS message
FROM (FROM evidence_cases WHERE list_contains(getvariable('case_kinds'), kind)) c LEFT JOIN lines l USING (seq)
     LEFT JOIN scanned s ON s.rowid = c.seq;

-- Which versions of which functions they were logged by, as far as the first lines of their requests tell.
-- (Lambda may try a request again, by a later version.)
CREATE OR REPLACE TEMP TABLE case_versions AS
WITH served AS (
    SELECT request_id, arg_min(version, (timestamp, seq)) AS version, arg_min(log_group, (timestamp, seq)) AS log_group
    FROM starts SEMI JOIN logged_cases USING (request_id)
    GROUP BY request_id
)
SELECT kind, version, served.log_group, count(*) AS cases
FROM logged_cases JOIN served USING (request_id)
WHERE version IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE timeline_texts AS
SELECT seq, without_prefix(message) AS text FROM candidates WHERE seq IN (SELECT seq FROM timeline_lines);

CREATE OR REPLACE TEMP VIEW unshown_texts AS
WITH messages AS (
    SELECT message AS text, true AS is_message FROM logged_cases UNION ALL SELECT text, true FROM timeline_texts
), fields AS (
    SELECT unnest([connection_id, request_id, log_group, stream]) AS text, false AS is_message FROM logged_cases
    UNION ALL SELECT unnest([version, log_group]), false FROM case_versions
)
SELECT text, bool_or(is_message) AS is_message
FROM (FROM messages UNION ALL FROM fields) ANTI JOIN redacted_texts USING (text)
WHERE text IS NOT NULL
GROUP BY text;
