-- Counts that explain the metrics.
CREATE OR REPLACE TEMP VIEW explanations AS
FROM (SELECT count(*) FILTER (kind = 'connect') AS connects, count(*) FILTER (kind = 'disconnect') AS disconnects,
             count(*) FILTER (kind = 'message') AS messages
      FROM signals WHERE is_counted),
     (SELECT count(*) FILTER (state = 'lost') AS lost, count(*) FILTER (state = 'headless') AS headless,
             count(*) FILTER (state = 'unknown') AS unknown
      FROM connections),
     (SELECT count(*) AS contradicted FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent),
     -- (if some welcome names no connection, it may be that of any)
     (SELECT count(*) AS unwelcomed FROM connections ANTI JOIN greetings USING (connection_id)
      WHERE in_window(settled_at(began, NULL)) AND state NOT IN ('elsewhere', 'refused') AND EXISTS (FROM greetings)
        AND NOT EXISTS (FROM signals WHERE connection_id IS NULL AND is_about_welcome(kind)));

-- The families of the signals in the window; the three kinds about the welcome message are one family.
CREATE OR REPLACE TEMP VIEW seen_families AS
SELECT DISTINCT split_part(kind, '_', 1) AS family
FROM (FROM signals UNION ALL SELECT * EXCLUDE (probe) FROM probe_signals) WHERE is_counted;

-- How many connections began within a time, by the first line about each; a connect without a known connection counts, too. All versions of
-- the function count, because API Gateway counts them all.
CREATE OR REPLACE MACRO connects_between(since, until) AS TABLE
SELECT count(*) AS connects
FROM (
    SELECT min(timestamp) AS began FROM (FROM signals UNION ALL SELECT * EXCLUDE (probe) FROM probe_signals)
    WHERE kind = 'connect' GROUP BY coalesce(connection_id, seq::VARCHAR)
)
WHERE began >= since AND began < until;
