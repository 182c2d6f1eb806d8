-- Parcels that left the three warehouses within the last four hundred days, so that clocks have changed in between.
COPY (
    WITH size AS (
        SELECT 100_000 * coalesce(getvariable('scale'), 1.0) AS shipments
    ),
    warehouses (warehouse_number, warehouse, warehouse_timezone) AS (
        VALUES (0, 'Newark', 'America/New_York'), (1, 'Dallas', 'America/Chicago'), (2, 'Reno', 'America/Los_Angeles')
    ),
    departed AS (
        SELECT
            i + 1 AS shipment_id,
            warehouse,
            warehouse_timezone,
            getvariable('as_of')::TIMESTAMP - INTERVAL 400 DAY
            + to_seconds(floor(i / shipments * 400 * 86_400)) AS departed_at
        FROM range((100_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i)
        JOIN warehouses ON warehouse_number = hash(i, 'warehouse') % 3, size
    ),
    -- Summer time begins on the second Sunday of March.
    clocked AS (
        SELECT
            *,
            timezone(warehouse_timezone, timezone('UTC', departed_at)) AS departed_at_local,
            march_14 - dayofweek(march_14)::INTEGER AS summer_time_begins
        FROM (SELECT *, make_date(year(departed_at), 3, 14) AS march_14 FROM departed)
    )
    SELECT
        shipment_id,
        warehouse,
        warehouse_timezone,
        departed_at,
        -- planted: after the clocks went forward, the scanners in Dallas stayed an hour behind for three weeks.
        CASE
            WHEN warehouse = 'Dallas' AND departed_at::DATE BETWEEN summer_time_begins + 1 AND summer_time_begins + 21
                THEN departed_at_local - INTERVAL 1 HOUR
            ELSE departed_at_local
        END AS departed_at_local,
        departed_at + to_minutes((600 + hash(shipment_id, 'transit') % 5_000)::BIGINT) AS promised_at
    FROM clocked
    ORDER BY shipment_id
) TO '{out}/operations/shipments/shipments.parquet' (FORMAT parquet, COMPRESSION zstd);
