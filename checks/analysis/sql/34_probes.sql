-- Probes: connections that this run opened itself, told by their mark in a line that names them, or in a line of their request. They are
-- judged apart: signals then holds only those of real clients.
-- Reads events, signals, keyed_lines; variable probe_mark.
CREATE OR REPLACE TEMP TABLE marked_lines AS
WITH marked AS (
    SELECT timestamp, message, coalesce(request_id_at_once(message), known_request_id) AS request_id
    FROM events WHERE contains(message, getvariable('probe_mark'))
)
SELECT timestamp, message, request_of(request_id) AS request, first_of(message, getvariable('probe_mark') || '-(\d+)') AS probe FROM marked;

CREATE OR REPLACE TEMP TABLE probes AS
WITH traced AS (
    SELECT m.* REPLACE (coalesce(m.request, r.request) AS request)
    FROM marked_lines m LEFT JOIN keyed_lines r ON r.timestamp = m.timestamp AND r.message = m.message
    WHERE probe IS NOT NULL
), near AS (
    SELECT DISTINCT connection_id, request FROM signals
    WHERE connection_id IS NOT NULL AND timestamp >= (SELECT min(timestamp) FROM marked_lines) - 60_000
)
SELECT connection_id, min(probe) AS probe
FROM traced JOIN near ON near.request = traced.request OR contains(traced.message, near.connection_id)
GROUP BY connection_id;

INSERT INTO probe_signals SELECT s.*, p.probe FROM signals s JOIN probes p USING (connection_id);
DELETE FROM signals WHERE connection_id IN (SELECT connection_id FROM probes);
