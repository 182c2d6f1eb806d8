import os
from pathlib import Path

import pytest

from catalog.domain.data_contract import DataContract, SchemaObject, Server
from catalog.domain.errors import Refused
from catalog.domain.finding import Place
from catalog.engine.source import RootedLocator

ORDERS = SchemaObject("orders", physical_name="orders_v1")
AT = Place("orders.odcs.yaml", 7, 3, "/servers/0")


def contract(path: str, *, kind: str = "local", schema: tuple[SchemaObject, ...] = (ORDERS,), **options: str):
    server = Server("here", kind, options={"path": path, **options}, place=AT)
    return DataContract("c", "1.0.0", "v3.1.0", servers=(server,), schema=schema)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "orders_v1").mkdir(parents=True)
    for name in ("orders_v1/a.parquet", "orders_v1/b.parquet", "orders_v1/notes.txt", "orders.csv"):
        (folder / name).write_text(name)
    (tmp_path / "secret.csv").write_text("secret")
    return folder


def refusal(root: Path, path: str, **options: str) -> tuple[str, Place]:
    with pytest.raises(Refused) as refused:
        RootedLocator(root).locate(contract(path, **options), ORDERS)
    (finding,) = refused.value.findings
    assert finding.remedy
    return finding.code, finding.place


def test_a_file_is_found_under_its_physical_name(root: Path) -> None:
    dataset = RootedLocator(root).locate(contract("orders.csv"), ORDERS)

    assert (dataset.name, dataset.format, dataset.files) == ("orders_v1", "csv", (str(root / "orders.csv"),))
    assert dataset.fingerprint.startswith("sha256:")


@pytest.mark.parametrize(
    "path", ["{object}/*.parquet", "{model}", "orders_v1/", "./orders_v1/**/*.parquet", "orders_v1"]
)
def test_folders_globs_and_placeholders_find_the_objects_files(root: Path, path: str) -> None:
    dataset = RootedLocator(root).locate(contract(path, format="parquet"), ORDERS)

    assert dataset.files == (str(root / "orders_v1/a.parquet"), str(root / "orders_v1/b.parquet"))


def test_an_absolute_path_inside_the_root_is_found(root: Path) -> None:
    assert RootedLocator(root).locate(contract(str(root / "orders.csv")), ORDERS).files


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "orders_v1/../../secret.csv", "/etc/passwd", "../data/orders.csv", "//etc/passwd"],
)
def test_a_path_that_leaves_the_root_is_refused_at_its_server(root: Path, path: str) -> None:
    assert refusal(root, path, format="csv") == ("PATH_OUTSIDE_ROOT", AT)


@pytest.mark.parametrize("path", ["link.csv", "*.csv", "folder/secret.csv", "folder/*.csv", "folder"])
def test_a_link_that_leaves_the_root_is_refused(root: Path, path: str) -> None:
    (root / "link.csv").symlink_to(root.parent / "secret.csv")
    (root / "folder").symlink_to(root.parent)

    assert refusal(root, path, format="csv") == ("PATH_OUTSIDE_ROOT", AT)


def test_a_physical_name_cannot_lead_out_of_the_root(root: Path) -> None:
    item = SchemaObject("orders", physical_name="../secret")

    with pytest.raises(Refused) as refused:
        RootedLocator(root).locate(contract("{object}.csv"), item)

    assert refused.value.findings[0].code == "PATH_OUTSIDE_ROOT"


def test_a_link_inside_the_root_is_followed(root: Path) -> None:
    (root / "link.csv").symlink_to(root / "orders.csv")

    assert RootedLocator(root).locate(contract("link.csv"), ORDERS).files == (str(root / "orders.csv"),)


@pytest.mark.parametrize("path", ["none.csv", "none/*.csv", "none/{object}.csv", "a\0b.csv", "**none.csv"])
def test_missing_data_is_said_to_be_missing(root: Path, path: str) -> None:
    assert refusal(root, path) == ("DATA_MISSING", AT)


def test_a_loop_of_links_is_missing_data(root: Path) -> None:
    (root / "loop.csv").symlink_to(root / "loop.csv")

    assert refusal(root, "loop.csv") == ("DATA_MISSING", AT)


def test_a_pipe_is_no_data(root: Path) -> None:
    os.mkfifo(root / "pipe.csv")

    assert refusal(root, "pipe.csv") == ("DATA_MISSING", AT)


def test_another_server_type_is_not_served(root: Path) -> None:
    assert refusal(root, "orders.csv", kind="s3") == ("SERVER_UNSUPPORTED", AT)


def test_a_contract_without_servers_is_not_served(root: Path) -> None:
    with pytest.raises(Refused) as refused:
        RootedLocator(root).locate(DataContract("c", "1.0.0", "v3.1.0", place=AT), ORDERS)

    assert refused.value.findings[0].code == "SERVER_UNSUPPORTED"


@pytest.mark.parametrize("options", [{"format": "avro"}, {}])
def test_an_unknown_format_is_not_served(root: Path, options: dict[str, str]) -> None:
    assert refusal(root, "orders_v1/notes.txt", **options) == ("SERVER_UNSUPPORTED", AT)


def test_an_empty_path_does_not_mean_everything(root: Path) -> None:
    assert refusal(root, "", format="csv") == ("SERVER_UNSUPPORTED", AT)


def test_one_path_for_several_objects_is_refused_rather_than_wrong(root: Path) -> None:
    several = contract("orders.csv", schema=(ORDERS, SchemaObject("customers")))

    with pytest.raises(Refused) as refused:
        RootedLocator(root).locate(several, ORDERS)

    assert "{object}" in refused.value.findings[0].remedy


def test_the_server_of_production_comes_before_the_first(root: Path) -> None:
    servers = (
        Server("a", "local", "development", {"path": "none.csv"}),
        Server("b", "local", "production", {"path": "orders.csv"}),
    )

    dataset = RootedLocator(root).locate(
        DataContract("c", "1.0.0", "v3.1.0", servers=servers, schema=(ORDERS,)), ORDERS
    )

    assert dataset.files == (str(root / "orders.csv"),)


def test_the_fingerprint_holds_while_the_data_does(root: Path) -> None:
    locator = RootedLocator(root)
    dataset = locator.locate(contract("{object}", format="parquet"), ORDERS)

    assert locator.verify(dataset)
    assert locator.locate(contract("{object}", format="parquet"), ORDERS) == dataset


def test_a_changed_file_changes_the_fingerprint_even_with_its_old_time(root: Path) -> None:
    locator = RootedLocator(root)
    dataset = locator.locate(contract("orders.csv"), ORDERS)
    before = (root / "orders.csv").stat()
    (root / "orders.csv").write_text("Orders.csv")
    os.utime(root / "orders.csv", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert not locator.verify(dataset)


def test_a_touched_or_removed_file_is_no_longer_verified(root: Path) -> None:
    locator = RootedLocator(root)
    dataset = locator.locate(contract("orders.csv"), ORDERS)
    os.utime(root / "orders.csv", ns=(1, 1))
    touched = locator.verify(dataset)
    (root / "orders.csv").unlink()

    assert (touched, locator.verify(dataset)) == (False, False)
