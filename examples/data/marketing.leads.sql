-- People who left an address with a campaign within the last year.
COPY (
    WITH size AS (
        SELECT
            40_000 * coalesce(getvariable('scale'), 1.0) AS leads,
            60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    cities (city_number, city, state, first_zip_code) AS (
        VALUES
            (0, 'Boston', 'MA', 2108), (1, 'Hartford', 'CT', 6103), (2, 'Newark', 'NJ', 7102),
            (3, 'New York', 'NY', 10001), (4, 'Atlanta', 'GA', 30303), (5, 'Miami', 'FL', 33125),
            (6, 'Detroit', 'MI', 48201), (7, 'Chicago', 'IL', 60601), (8, 'Dallas', 'TX', 75201),
            (9, 'Denver', 'CO', 80202), (10, 'San Francisco', 'CA', 94102), (11, 'Seattle', 'WA', 98101)
    )
    SELECT
        i + 1 AS lead_id,
        -- planted: one lead in twenty-five is no lead but a customer who buys already.
        CASE
            WHEN i % 25 = 3 THEN format('shopper{}@example.org', 1 + i // 25)
            ELSE format('lead{}@example.org', i + 1)
        END AS email,
        city,
        state,
        -- planted: the ZIP code is a number here, so that 02108 Boston has become 2108.
        (first_zip_code + hash(i, 'zip') % 10)::INTEGER AS zip_code,
        (1 + hash(i, 'campaign') % 12)::INTEGER AS campaign_id,
        getvariable('as_of')::TIMESTAMP - INTERVAL 365 DAY + to_seconds(floor(i / leads * 365 * 86_400)) AS created_at
    FROM range((40_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i)
    JOIN cities ON city_number = hash(i, 'city') % 12, size
    ORDER BY lead_id
) TO '{out}/marketing/leads/leads.parquet' (FORMAT parquet, COMPRESSION zstd);
