-- The connections with most cases of a kind, and all that was logged of each; of many entries, the first and the last. Connections with
-- most cases since the onset come first.
-- Reads evidence_cases, onsets, connections, lines, requested, meanings; variables most_timelines, most_entries.
CREATE OR REPLACE TEMP TABLE worst_connections AS
SELECT kind, connection_id, count(*) AS cases, count(*) FILTER (e.timestamp >= o.began) AS cases_since, min(e.timestamp) AS first_case,
       max(e.timestamp) AS last_case, any_value(c.began) AS began, any_value(c.ended) AS ended, any_value(c.state) AS state,
       any_value(c.duration_seconds) AS duration_seconds
FROM evidence_cases e LEFT JOIN onsets o USING (kind) LEFT JOIN connections c USING (connection_id)
WHERE connection_id IS NOT NULL
GROUP BY kind, connection_id
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY cases_since DESC, count(*) DESC, first_case, connection_id)
        <= getvariable('most_timelines');

-- Lines that say nothing are not in `lines`. A connection's lines are those that name it, and those of its requests that name none.
CREATE OR REPLACE TEMP TABLE timeline_lines AS
WITH worst AS (
    SELECT DISTINCT connection_id FROM worst_connections
), spoken AS (
    SELECT seq, timestamp, connection_id, request, kinds FROM lines SEMI JOIN worst USING (connection_id)
), mentions AS (
    FROM requested SEMI JOIN worst USING (connection_id)
), requests AS (
    SELECT request FROM spoken WHERE request IS NOT NULL
    UNION SELECT request FROM mentions WHERE request IS NOT NULL
), near AS (
    FROM requested SEMI JOIN requests USING (request)
    UNION ALL FROM mentions WHERE request IS NULL
), quiet AS (
    SELECT seq, timestamp, request, connection_id
    FROM near ANTI JOIN lines USING (seq) JOIN (FROM meanings WHERE NOT meaning.is_start) USING (key)
    JOIN (SELECT seq, timestamp FROM candidates) USING (seq)
), named AS (
    SELECT request, any_value(connection_id) AS connection_id
    FROM (SELECT request, connection_id FROM quiet
          UNION ALL SELECT request, connection_id FROM lines WHERE names_connection)
    WHERE request IN (FROM requests) AND connection_id IS NOT NULL
    GROUP BY request
    HAVING count(DISTINCT connection_id) = 1
), entries AS (
    SELECT seq, timestamp, connection_id, kinds FROM spoken
    UNION ALL
    SELECT seq, timestamp, coalesce(quiet.connection_id, named.connection_id) AS connection_id, [] AS kinds
    FROM quiet LEFT JOIN named USING (request)
)
SELECT *, count(*) OVER (PARTITION BY connection_id) AS entries
FROM entries SEMI JOIN worst USING (connection_id)
QUALIFY least(row_number() OVER (PARTITION BY connection_id ORDER BY timestamp, seq),
              row_number() OVER (PARTITION BY connection_id ORDER BY timestamp DESC, seq DESC)) <= getvariable('most_entries') / 2;
