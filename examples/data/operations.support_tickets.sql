-- What customers asked the service desk within the last year.
COPY (
    WITH size AS (
        SELECT
            30_000 * coalesce(getvariable('scale'), 1.0) AS tickets,
            60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    opened AS (
        SELECT
            i + 1 AS ticket_id,
            1 + hash(i, 'customer') % customers::BIGINT AS customer_id,
            getvariable('as_of')::TIMESTAMP - INTERVAL 365 DAY
            + to_seconds(floor(i / tickets * 365 * 86_400)) AS opened_at
        FROM range((30_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i), size
    )
    SELECT
        ticket_id,
        customer_id::BIGINT AS customer_id,
        -- planted: the contract does not say that the caller's number is personal data.
        format('555{:07d}', hash(customer_id::BIGINT, 'phone') % 10_000_000) AS caller_phone,
        (['delivery', 'return', 'payment', 'other'])[(1 + hash(ticket_id, 'topic') % 4)::INTEGER] AS topic,
        opened_at,
        opened_at + to_minutes((5 + hash(ticket_id, 'minutes') % 2_000)::BIGINT) AS resolved_at
    FROM opened
    ORDER BY ticket_id
) TO '{out}/operations/support_tickets/support_tickets.parquet' (FORMAT parquet, COMPRESSION zstd);
