-- Everyone who registered: a quarter before the two years of orders, the others evenly within them.
COPY (
    WITH size AS (
        SELECT 60_000 * coalesce(getvariable('scale'), 1.0) AS customers
    ),
    cities (city_number, city, state, first_zip_code) AS (
        VALUES
            (0, 'Boston', 'MA', 2108), (1, 'Hartford', 'CT', 6103), (2, 'Newark', 'NJ', 7102),
            (3, 'New York', 'NY', 10001), (4, 'Atlanta', 'GA', 30303), (5, 'Miami', 'FL', 33125),
            (6, 'Detroit', 'MI', 48201), (7, 'Chicago', 'IL', 60601), (8, 'Dallas', 'TX', 75201),
            (9, 'Denver', 'CO', 80202), (10, 'San Francisco', 'CA', 94102), (11, 'Seattle', 'WA', 98101)
    ),
    registered AS (
        SELECT
            i + 1 AS customer_id,
            city,
            state,
            lpad((first_zip_code + hash(i, 'zip') % 10)::VARCHAR, 5, '0') AS zip_code,
            (i / customers - 0.25) / 0.75 AS progress
        FROM range((60_000 * coalesce(getvariable('scale'), 1.0))::BIGINT) AS numbers (i)
        JOIN cities ON city_number = hash(i, 'city') % 12, size
    )
    SELECT
        customer_id,
        -- planted: one customer in forty has no e-mail address.
        CASE WHEN customer_id % 40 <> 7 THEN format('shopper{}@example.org', customer_id) END AS email,
        (['Ada', 'Ben', 'Chloe', 'Dev', 'Elif', 'Finn'])[(1 + hash(customer_id, 'first') % 6)::INTEGER] AS first_name,
        (['Abbott', 'Brooks', 'Castro', 'Dietz', 'Evans'])[(1 + hash(customer_id, 'last') % 5)::INTEGER] AS last_name,
        city,
        state,
        -- planted: one customer in fifty was typed with six digits, and the import kept the first five.
        CASE WHEN customer_id % 50 = 11 THEN left('5' || zip_code, 5) ELSE zip_code END AS zip_code,
        getvariable('as_of')::TIMESTAMP - INTERVAL 730 DAY + to_seconds(floor(progress * 730 * 86_400)) AS registered_at
    FROM registered
    ORDER BY customer_id
) TO '{out}/sales/customers/customers.parquet' (FORMAT parquet, COMPRESSION zstd);

-- The postal service's own list: what a ZIP code is measured against.
COPY (
    WITH cities (city, state, first_zip_code) AS (
        VALUES
            ('Boston', 'MA', 2108), ('Hartford', 'CT', 6103), ('Newark', 'NJ', 7102), ('New York', 'NY', 10001),
            ('Atlanta', 'GA', 30303), ('Miami', 'FL', 33125), ('Detroit', 'MI', 48201), ('Chicago', 'IL', 60601),
            ('Dallas', 'TX', 75201), ('Denver', 'CO', 80202), ('San Francisco', 'CA', 94102), ('Seattle', 'WA', 98101)
    )
    SELECT lpad((first_zip_code + i)::VARCHAR, 5, '0') AS zip_code, city, state
    FROM cities, range(10) AS numbers (i)
    ORDER BY zip_code
) TO '{out}/sales/customers/zip_codes.parquet' (FORMAT parquet, COMPRESSION zstd);
