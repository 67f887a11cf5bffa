-- The texts of one kind of case: what was logged, by whom, where.
-- Reads evidence_cases, lines, starts, candidates, timeline_lines; variable case_kind (of EvidenceKind).
CREATE OR REPLACE TEMP TABLE cases_of_kind AS
SELECT c.*, l.request_id, t.log_group, t.stream, l.template
FROM (FROM evidence_cases WHERE kind = getvariable('case_kind')) c LEFT JOIN lines l USING (seq) LEFT JOIN candidates t USING (seq);

-- Which versions of which functions they were logged by, as far as the first lines of their requests tell.
-- (Lambda may try a request again, by a later version.)
CREATE OR REPLACE TEMP TABLE case_versions AS
WITH served AS (
    SELECT request_id, arg_min(version, (timestamp, seq)) AS version, arg_min(log_group, (timestamp, seq)) AS log_group
    FROM starts SEMI JOIN cases_of_kind USING (request_id)
    GROUP BY request_id
)
SELECT version, served.log_group, count(*) AS cases
FROM cases_of_kind JOIN served USING (request_id)
WHERE version IS NOT NULL
GROUP BY ALL;

-- Every text that may be shown, redacted in one expression: each that stands in a query takes DuckDB 20 ms to prepare.
-- (Of a text, far more than is shown: what stands where it is cut is not shown, whole or in part.)
CREATE OR REPLACE TEMP TABLE unshown_texts AS
WITH messages AS (
    SELECT without_prefix(message) AS text, true AS is_message
    FROM candidates WHERE seq IN (SELECT seq FROM cases_of_kind UNION ALL SELECT seq FROM timeline_lines)
), fields AS (
    SELECT unnest([connection_id, request_id, log_group, stream]) AS text, false AS is_message FROM cases_of_kind
    UNION ALL SELECT unnest([version, log_group]), false FROM case_versions
), texts AS MATERIALIZED (
    SELECT text, bool_or(is_message) AS is_message
    FROM (FROM messages UNION ALL FROM fields) ANTI JOIN redacted_texts USING (text)
    WHERE text IS NOT NULL
    GROUP BY text
)
SELECT text, is_message, harmless(redacted(left(text, 60000))) AS redacted, row_number() OVER () AS number FROM texts;
