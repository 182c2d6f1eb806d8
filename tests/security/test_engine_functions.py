"""Every function of the installed engine was looked at: it is listed, or it is known and refused."""

import duckdb
import pytest

from catalog.engine.duckdb import Database
from catalog.engine.functions import FUNCTIONS, TABLE_FUNCTIONS
from catalog.engine.limit import Limits
from catalog.engine.statement import examine

pytestmark = pytest.mark.security

REFUSED_FAMILIES = (
    *("__", "collate_", "current_", "duckdb_", "has_", "icu_collate_", "inet_", "parquet_", "pg_", "pragma_"),
    *("read_", "st_", "variant_"),
)
REFUSED = frozenset(
    """
add_parquet_key aggregate alias array_aggr array_aggregate array_reduce arrow_scan arrow_scan_dumb
assert_true bitstring_byte_comparable can_cast_implicitly cast_to_type checkpoint col_description
collations combine combine_aggr constant_or_null copy_database create_external_resource create_sort_key
currval database_list database_size decimal_average decimal_division deregister_external_resource
destroy_external_resource disable_checkpoint_on_shutdown disable_logging disable_object_cache
disable_optimizer disable_print_progress_bar disable_profile disable_profiling disable_progress_bar
disable_verification disable_verify_parallelism enable_checkpoint_on_shutdown enable_logging
enable_object_cache enable_optimizer enable_print_progress_bar enable_profile enable_profiling
enable_progress_bar enable_verification error extension_versions finalize force_checkpoint format_pg_type
format_type functions gen_random_uuid get_block_size get_type getvariable glob histogram_values
hive_partition_component icu_calendar_names icu_sort_key import_database in_search_path index_key invoke
json_copy_strftime_if_date json_copy_strftime_if_timestamp json_deserialize_sql json_each
json_execute_serialized_sql json_serialize_plan json_serialize_sql json_tree list_aggr list_aggregate
list_reduce make_type map_to_pg_oid metadata_info nextval obj_description pandas_scan
parse_duckdb_log_message path_join platform python_arrow_scan python_map_function query query_table random
register_external_resource register_external_resource_type remap_struct repeat_row replace_type
reservoir_quantile seq_scan session_user setseed setval shobj_description show show_databases show_tables
show_tables_expanded sleep_ms sniff_csv stats storage_info summary table_info test_all_types
test_vector_types timetz_byte_comparable to_aggregate_state truncate_duckdb_logs txid_current unpivot_list
user user_agent uuid uuidv4 uuidv7 vector_type verify_parallelism version vertex_extract which_secret
write_log
    """.split()  # noqa: SIM905
)


@pytest.fixture(scope="module")
def names() -> frozenset[str]:
    rows = duckdb.connect().execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()").fetchall()
    return frozenset(name for (name,) in rows)


def codes(session: Database, sql: str) -> set[str]:
    return {finding.code for finding in examine(sql, session.tree(sql), ("orders",))}


def test_every_function_not_on_the_list_is_refused_in_every_position(names: frozenset[str]) -> None:
    session, wrong = Database(Limits(memory_mb=512, threads=1)), []
    for name in sorted(names):
        calls = {
            f'SELECT "{name}"(1)': FUNCTIONS,
            f'SELECT "{name.upper()}"(id) OVER () FROM orders': FUNCTIONS,
            f'SELECT * FROM "{name}"(1)': TABLE_FUNCTIONS,
            f'SELECT * FROM orders, LATERAL "{name}"(id)': TABLE_FUNCTIONS,
        }
        for sql, listed in calls.items():
            if codes(session, sql) != (set() if name in listed else {"SQL_FUNCTION_REFUSED"}):
                wrong.append(sql)
    session.close()

    assert wrong == []


def test_a_new_engine_version_brings_no_function_that_nobody_has_judged(names: frozenset[str]) -> None:
    judged = FUNCTIONS | TABLE_FUNCTIONS | REFUSED
    families = (*REFUSED_FAMILIES, "is distinct", "is not distinct")
    unknown = {name for name in names - judged if not name.startswith(families)}

    assert unknown == set()


def test_the_lists_name_only_functions_that_exist(names: frozenset[str]) -> None:
    assert names >= FUNCTIONS | TABLE_FUNCTIONS | REFUSED
    assert not FUNCTIONS & REFUSED
    assert not TABLE_FUNCTIONS & REFUSED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*), count(DISTINCT id), sum(id) FILTER (WHERE id > 1) FROM orders",
        "SELECT date_trunc('month', d), CAST(d AS DATE) + INTERVAL 1 MONTH FROM orders GROUP BY ALL",
        "SELECT CASE WHEN id IN (1, 2) THEN 'a' ELSE coalesce(s, 'b') END FROM orders WHERE s LIKE 'a%'",
        "WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM a) SELECT * FROM a JOIN b USING (id)",
        "SELECT id FROM orders UNION ALL SELECT id FROM ORDERS EXCEPT SELECT 1",
        "SELECT row_number() OVER (PARTITION BY id ORDER BY s DESC NULLS LAST) FROM orders QUALIFY 1 = 1",
        "SELECT o.* EXCLUDE (id) FROM orders AS o ANTI JOIN orders AS p ON o.id = p.id",
        "SELECT * FROM orders ASOF JOIN orders AS p USING (d) ORDER BY 1 LIMIT 5 OFFSET 2",
        "SELECT quantile_cont(id, 0.5), median(id), stddev_samp(id), bitstring_agg(id, 1, 9) FROM orders",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id), string_agg(s, ',' ORDER BY s) FROM orders",
        "SELECT regexp_matches(s, '^a'), s ~ 'a', s ILIKE 'A%', s SIMILAR TO 'a', s NOT LIKE 'b' FROM orders",
        "SELECT x FROM generate_series(DATE '2024-01-01', DATE '2024-02-01', INTERVAL 1 DAY) AS t(x)",
        "SELECT unnest([1, 2]), struct_pack(a := 1).a, [1, 2][1], map {'k': 1}['k']",
        "SELECT list_transform([1], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1]",
        "SELECT COLUMNS('i.*') FROM orders",
        "SELECT $1, ?, current_date, now() - INTERVAL 1 DAY, EXTRACT(YEAR FROM d) FROM orders",
        "SELECT GROUPING(id), s COLLATE NOCASE, -id, id BETWEEN 1 AND 2 FROM orders GROUP BY CUBE (id, s)",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM orders) AND 1 = ANY (SELECT id FROM orders)",
        "SELECT try_cast(s AS INT) IS NULL AND NOT true, d AT TIME ZONE 'UTC' FROM orders",
        "VALUES (1, 'a'), (2, 'b')",
        "FROM orders SELECT approx_count_distinct(id), arg_max(id, s), any_value(s), mode(s), entropy(s)",
    ],
)
def test_the_sql_of_metrics_and_checks_passes(sql: str) -> None:
    session = Database(Limits(memory_mb=512, threads=1))
    found = examine(sql, session.tree(sql), ("orders",))
    session.close()

    assert found == ()
