-- Invoices to business customers over two years.
COPY (
    WITH size AS (
        SELECT 80_000 * coalesce(getvariable('scale'), 1.0) AS invoices
    ),
    issued AS (
        SELECT i + 1 AS invoice_id, getvariable('as_of') - 730 + floor(i / invoices * 730)::INTEGER AS issued_on
        FROM range((80_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    )
    SELECT
        invoice_id,
        (1 + hash(invoice_id, 'account') % 900)::INTEGER AS account_id,
        issued_on,
        issued_on + 30 AS due_on,
        (50 + hash(invoice_id, 'amount') % 500_000 / 100)::DECIMAL(12, 2) AS amount,
        -- planted: the London office bills in pounds, and nobody converts them: one invoice in thirty.
        CASE WHEN invoice_id % 30 = 5 THEN 'GBP' ELSE 'USD' END AS currency
    FROM issued
    ORDER BY invoice_id
) TO '{out}/finance/invoices/invoices.parquet' (FORMAT parquet, COMPRESSION zstd);
