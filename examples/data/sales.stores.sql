-- 120 stores in twelve cities. ZIP codes are text: those of New England begin with a zero.
COPY (
    WITH cities (city_number, city, state, region, first_zip_code) AS (
        VALUES
            (0, 'Boston', 'MA', 'northeast', 2108), (1, 'Hartford', 'CT', 'northeast', 6103),
            (2, 'Newark', 'NJ', 'northeast', 7102), (3, 'New York', 'NY', 'northeast', 10001),
            (4, 'Atlanta', 'GA', 'south', 30303), (5, 'Miami', 'FL', 'south', 33125),
            (6, 'Detroit', 'MI', 'midwest', 48201), (7, 'Chicago', 'IL', 'midwest', 60601),
            (8, 'Dallas', 'TX', 'south', 75201), (9, 'Denver', 'CO', 'west', 80202),
            (10, 'San Francisco', 'CA', 'west', 94102), (11, 'Seattle', 'WA', 'west', 98101)
    )
    SELECT
        (i + 1)::INTEGER AS store_id,
        format('{} store {}', city, 1 + i // 12) AS store_title,
        city,
        state,
        region,
        lpad((first_zip_code + hash(i, 'zip') % 10)::VARCHAR, 5, '0') AS zip_code,
        getvariable('as_of') - (800 + hash(i, 'opened') % 4000)::INTEGER AS opened_on
    FROM range(120) AS numbers (i)
    JOIN cities ON city_number = i % 12
    ORDER BY store_id
) TO '{out}/sales/stores/stores.parquet' (FORMAT parquet, COMPRESSION zstd);
