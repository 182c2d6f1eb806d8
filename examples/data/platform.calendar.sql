-- Every day of three years up to yesterday, with the periods that the company reports by.
-- The fiscal year begins with February; a period is named by its first day.
COPY (
    SELECT
        day::DATE AS date_day,
        (date_trunc('year', day - INTERVAL 1 MONTH) + INTERVAL 1 MONTH)::DATE AS fiscal_year,
        (date_trunc('quarter', day - INTERVAL 1 MONTH) + INTERVAL 1 MONTH)::DATE AS fiscal_quarter
    FROM range(
        getvariable('as_of')::TIMESTAMP - INTERVAL 3 YEAR, getvariable('as_of')::TIMESTAMP, INTERVAL 1 DAY
    ) AS days (day)
    ORDER BY date_day
) TO '{out}/platform/calendar/calendar.parquet' (FORMAT parquet, COMPRESSION zstd);
