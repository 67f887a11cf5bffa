-- Counts that explain the metrics.
CREATE OR REPLACE TEMP VIEW explanations AS
SELECT (SELECT count(*) FROM signals WHERE is_counted AND kind = 'connect') AS connects,
       (SELECT count(*) FROM signals WHERE is_counted AND kind = 'disconnect') AS disconnects,
       (SELECT count(*) FROM signals WHERE is_counted AND kind = 'message') AS messages,
       (SELECT count(*) FROM connections WHERE state = 'lost') AS lost,
       (SELECT count(*) FROM connections WHERE state = 'headless') AS headless,
       (SELECT count(*) FROM connections WHERE state = 'unknown') AS unknown,
       (SELECT count(*) FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent) AS contradicted;

-- The kinds of signals that the window holds; the three about the welcome message are one family.
CREATE OR REPLACE TEMP VIEW seen_families AS
SELECT DISTINCT split_part(kind, '_', 1) AS family FROM (FROM signals UNION ALL SELECT * EXCLUDE (probe) FROM probe_signals) WHERE is_counted;

-- Connections that began within a time, by the first line that tells of it; a connect of no known connection is one, too.
-- Whichever version of the function logged it: API Gateway counts them all.
CREATE OR REPLACE MACRO connects_between(since, until) AS TABLE
SELECT count(*) AS connects
FROM (
    SELECT min(timestamp) AS began FROM (FROM signals UNION ALL SELECT * EXCLUDE (probe) FROM probe_signals)
    WHERE kind = 'connect' GROUP BY coalesce(connection_id, seq::VARCHAR)
)
WHERE began >= since AND began < until;
