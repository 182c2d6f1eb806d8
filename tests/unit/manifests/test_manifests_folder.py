"""A folder gives its documents, and nothing outside it."""

import os
from pathlib import Path

import pytest

from catalog.domain.errors import Refused
from catalog.manifests import folder
from catalog.manifests.folder import read_folder
from catalog.manifests.loader import MAX_BYTES, read_yaml


def test_documents_come_by_path_with_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.yml").write_bytes(b"z: 1\r\n")
    (tmp_path / "a.yaml").write_bytes(b"# kept\n")
    (tmp_path / "notes.md").write_text("no document")
    assert [(one.path, one.data) for one in read_folder(tmp_path)] == [
        ("a.yaml", b"# kept\n"),
        ("b/z.yml", b"z: 1\r\n"),
    ]


def test_what_dbt_wrote_is_read_beside_the_documents_and_not_where_dbt_makes_things(tmp_path: Path) -> None:
    for name in (
        "semantic_manifest.json",
        "package.json",
        "target/semantic_manifest.json",
        "dbt_packages/p/m.yml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert [one.path for one in read_folder(tmp_path)] == ["semantic_manifest.json"]


def test_what_begins_with_a_dot_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "ci.yaml").write_text("a: 1")
    (tmp_path / ".hidden.yaml").write_text("a: 1")
    assert read_folder(tmp_path) == ()


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert [one.path for one in read_folder(tmp_path)] == ["a.yaml", "b.yaml"]


def test_a_root_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text("a: 1")
    (tmp_path / "link").symlink_to("real")
    assert [one.path for one in read_folder(tmp_path / "link")] == ["a.yaml"]


def test_links_that_lead_out_are_refused_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("secret: 1")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "b.yaml").symlink_to("/etc/hostname")
    (root / "c.yaml").symlink_to("nowhere.yaml")
    (root / "d.yaml").symlink_to("d.yaml")
    with pytest.raises(Refused) as refused:
        read_folder(root)
    found = [(finding.code, finding.place.file) for finding in refused.value.findings]
    assert found == [("DOCUMENT_UNREADABLE", name) for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml")]


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.yaml").write_text("a: 1")
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside").symlink_to(tmp_path / "outside")
    assert read_folder(root) == ()


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(Refused) as refused:
        read_folder(tmp_path)
    assert "regular" in refused.value.findings[0].message


@pytest.mark.parametrize("name", ["absent", "file.yaml"])
def test_a_root_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.yaml").write_text("a: 1")
    with pytest.raises(Refused) as refused:
        read_folder(tmp_path / name)
    assert "no folder" in refused.value.findings[0].message


def test_of_a_huge_file_only_so_much_is_read_as_refuses_it(tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(MAX_BYTES * 50)
    (document,) = read_folder(tmp_path)
    assert len(document.data) == MAX_BYTES + 1
    found, findings = read_yaml(document)
    assert found is None
    assert [finding.code for finding in findings] == ["YAML_LIMIT"]


def test_a_folder_has_a_largest_number_of_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_DOCUMENTS", 2)
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text("a: 1")
    with pytest.raises(Refused):
        read_folder(tmp_path)
    (tmp_path / "c.yaml").unlink()
    assert len(read_folder(tmp_path)) == 2
