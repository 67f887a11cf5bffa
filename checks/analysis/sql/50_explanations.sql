-- Counts that explain the metrics.
CREATE OR REPLACE TEMP VIEW explanations AS
SELECT (SELECT count(*) FROM signals WHERE is_counted AND kind = 'connect') AS connects,
       (SELECT count(*) FROM signals WHERE is_counted AND kind = 'disconnect') AS disconnects,
       (SELECT count(*) FROM signals WHERE is_counted AND kind = 'message') AS messages,
       (SELECT count(*) FROM connections WHERE state = 'lost') AS lost,
       (SELECT count(*) FROM connections WHERE state = 'headless') AS headless,
       (SELECT count(*) FROM connections WHERE state = 'unknown') AS unknown,
       (SELECT count(*) FROM welcomes WHERE is_counted AND is_contradicted AND NOT is_sent) AS contradicted;

-- One example of each template, the most frequent first.
CREATE OR REPLACE TEMP VIEW near_misses AS
WITH sentences AS (
    SELECT min(seq) AS seq, arg_min(connection_id, seq) AS connection_id, count(*) AS lines
    FROM lines WHERE is_near_miss AND is_counted
    GROUP BY template
)
SELECT arg_min(message, seq) AS message, sum(lines) AS lines
FROM sentences JOIN candidates USING (seq)
GROUP BY template_of(with_id_marked(sentence_of(message), connection_id))
ORDER BY lines DESC, message;

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
