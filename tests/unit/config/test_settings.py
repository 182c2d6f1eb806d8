"""Settings are whole or refused, in sentences."""

from pathlib import Path

import pytest

from catalog.config import Settings

SECRET = "s" * 32


def test_variables_are_read_by_their_types() -> None:
    given = {
        "CONCORD_PORT": "9000",
        "CONCORD_DEMO": "true",
        "CONCORD_ENGINE_DEADLINE_SECONDS": "2.5",
        "OTHER": "x",
    }
    settings = Settings.from_environment(given)
    assert (settings.port, settings.demo, settings.engine_deadline_seconds) == (9000, True, 2.5)


@pytest.mark.parametrize("given", [{"CONCORD_PORT": "many"}, {"CONCORD_DEMO": "perhaps"}])
def test_a_wrong_value_is_named(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Settings.from_environment(given)


def test_a_server_outside_the_demo_needs_a_real_secret(tmp_path: Path) -> None:
    assert any("CONCORD_SECRET" in fault for fault in Settings(data_root=str(tmp_path)).faults())
    assert any(
        "CONCORD_SECRET" in fault for fault in Settings(data_root=str(tmp_path), secret="short").faults()
    )
    assert Settings(data_root=str(tmp_path), secret=SECRET).faults() == []


def test_the_demo_serves_on_loopback_only(tmp_path: Path) -> None:
    assert Settings(data_root=str(tmp_path), demo=True).faults() == []
    assert any(
        "loopback" in fault for fault in Settings(data_root=str(tmp_path), demo=True, host="0.0.0.0").faults()
    )


def test_every_fault_is_told_at_once() -> None:
    faults = Settings(data_root="/nowhere", policy_engine="magic").faults()
    assert len(faults) == 3


def test_the_opa_engine_needs_its_address(tmp_path: Path) -> None:
    faults = Settings(data_root=str(tmp_path), secret=SECRET, policy_engine="opa").faults()
    assert faults == ["CONCORD_OPA_URL is not set: name the OPA server, as http://127.0.0.1:8181."]


@pytest.mark.parametrize("number", ["0", "-1", "nan", "inf", "1e999", ""])
@pytest.mark.parametrize(
    "name", ["CONCORD_PORT", "CONCORD_ENGINE_WORKERS", "CONCORD_POLICY_DEADLINE_SECONDS"]
)
def test_a_number_is_above_zero_and_has_an_end(name: str, number: str) -> None:
    with pytest.raises(ValueError, match=rf"{name} is '{number}', which is not a (whole )?number above 0"):
        Settings.from_environment({name: number})


def test_a_port_is_one_that_there_is(tmp_path: Path) -> None:
    assert Settings(data_root=str(tmp_path), demo=True, port=65_535).faults() == []
    (fault,) = Settings(data_root=str(tmp_path), demo=True, port=65_536).faults()
    assert fault.startswith("CONCORD_PORT is 65536")
