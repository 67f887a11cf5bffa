-- The meaning of each template, if all of its examples mean the same; and which of its variables is the connection id.
-- Reads templates, examples, classified(). The key of a meaning is the template or, if lines of one template mean different things, the
-- line's number.
-- A place is the number of a variable and the text around it. If that text occurs only once in a line, the variable is cut out without a
-- search for all variables of the line.
CREATE OR REPLACE MACRO place_of(template, variables, variable) AS CASE WHEN list_contains(variables, variable) THEN {
    number: list_position(variables, variable),
    before: right(string_split(template, chr(1))[list_position(variables, variable)], 40),
    after: first_of(string_split(template, chr(1))[list_position(variables, variable) + 1], '^([^\w=%-])')} END;

-- (These optimizers find nothing to do here, yet DuckDB compiles each pattern again for them: a sixth of the time of a small log.)
SET disabled_optimizers = 'expression_rewriter,statistics_propagation';
CREATE OR REPLACE TEMP TABLE judged AS FROM classified('examples');
RESET disabled_optimizers;

CREATE OR REPLACE TEMP TABLE meanings AS
WITH sentences AS (
    -- (needed only if something has a place)
    SELECT judged.*, lines, CASE WHEN connection_id IS NOT NULL OR connected_at IS NOT NULL OR close_code IS NOT NULL
                                 THEN sentence_of(message) END AS sentence
    FROM judged JOIN examples USING (seq) JOIN templates ON templates.template = judged.template
), written AS (
    SELECT *, variables_of(sentence) AS variables, masked(sentence) AS text FROM sentences
), decoded AS (
    SELECT *, list_transform(variables, lambda variable: plain_id(variable)) AS plain_variables FROM written
), places AS (
    SELECT *, place_of(text, plain_variables, connection_id) AS id_place,
           place_of(text, variables, connected_at::VARCHAR) AS connected_at_place,
           place_of(text, variables, close_code) AS close_code_place
    FROM decoded
), fixed AS (
    SELECT *, CASE WHEN id_place IS NULL THEN connection_id END AS fixed_id  -- part of the template's own text, or of a variable
    FROM places
), placed AS MATERIALIZED (
    SELECT template AS key, meaning, id_place, connected_at_place, close_code_place, fixed_id,
           NULL::BIGINT AS fixed_connected_at, NULL::VARCHAR AS fixed_close_code, lines,
           CASE WHEN lines > 1 THEN hash(meaning, id_place, connected_at_place, close_code_place, fixed_id) END AS digest,
           (fixed_id IS NULL OR contains(plain_id(text), fixed_id))
           AND (connected_at IS NULL OR connected_at_place IS NOT NULL)
           AND (close_code IS NULL OR close_code_place IS NOT NULL) AS has_places
    FROM fixed
)
SELECT * EXCLUDE (lines, digest, has_places), true AS is_sure FROM placed WHERE lines = 1  -- (grouping a million of them is slow)
UNION ALL
SELECT key, any_value(COLUMNS(* EXCLUDE (key, lines, digest, has_places))), min(digest) = max(digest) AND bool_and(has_places) AS is_sure
FROM placed WHERE lines > 1
GROUP BY key;

CREATE OR REPLACE TEMP TABLE unsure_templates AS SELECT key AS template FROM meanings WHERE NOT is_sure;
DELETE FROM meanings WHERE NOT is_sure;
