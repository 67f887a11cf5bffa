-- Invocations: how long they took, cold starts, memory, timeouts.
-- Reads invocation_reports.
CREATE OR REPLACE TEMP VIEW lambda_metrics AS
WITH totals AS (
    SELECT count(*) AS n, median(milliseconds) / 1000 AS p50, quantile_disc(milliseconds, 0.95) / 1000 AS p95,
           count(*) FILTER (is_connect) AS connects, quantile_disc(milliseconds, 0.95) FILTER (is_connect) / 1000 AS connect_p95,
           count(*) FILTER (is_cold) AS cold, count(*) FILTER (memory > 0.9) AS full_memory, count(*) FILTER (is_timeout) AS timeouts
    FROM invocation_reports
), measured AS (
    SELECT 'lambda.invocations' AS name, n::DOUBLE AS value, NULL::BIGINT AS n, NULL::BIGINT AS numerator FROM totals
    UNION ALL SELECT 'lambda.duration_p50_seconds', p50, n, NULL FROM totals
    UNION ALL SELECT 'lambda.duration_p95_seconds', p95, n, NULL FROM totals
    UNION ALL SELECT 'lambda.connect_p95_seconds', connect_p95, connects, NULL FROM totals
    UNION ALL SELECT 'lambda.cold_start_rate', cold / nullif(n, 0), n, cold FROM totals
    UNION ALL SELECT 'lambda.full_memory_rate', full_memory / nullif(n, 0), n, full_memory FROM totals
    UNION ALL SELECT 'lambda.timeout_rate', timeouts / nullif(n, 0), n, timeouts FROM totals
)
SELECT *, CASE WHEN value IS NULL THEN 'no REPORT line of Lambda was read' ELSE '' END AS reason FROM measured;
