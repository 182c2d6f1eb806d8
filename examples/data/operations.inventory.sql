-- Stock at the end of each day: three warehouses, 150 articles, half a year.
COPY (
    SELECT
        getvariable('as_of') - 180 + day::INTEGER AS counted_on,
        (['Newark', 'Dallas', 'Reno'])[1 + warehouse] AS warehouse,
        (article + 1)::INTEGER AS article_id,
        (hash(day, warehouse, article) % 400)::INTEGER AS units_in_stock
    -- planted: the newest partition is nine days old; the count of every day since is missing.
    FROM range(180 - 8) AS days (day), range(3) AS warehouses (warehouse), range(150) AS articles (article)
    ORDER BY counted_on, warehouse, article_id
) TO '{out}/operations/inventory/stock_levels.parquet' (FORMAT parquet, COMPRESSION zstd);
