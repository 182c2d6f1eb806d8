"""`concord demo` as a newcomer runs it: one process, whose last words are its own."""

from pathlib import Path

from terminal import Terminal


def test_the_demo_tells_its_story_and_nothing_beside_it(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    told = terminal.process("demo", "--scale", "0.01", "--folder", "mesh")
    assert told.code == 0, told.errors
    assert "27 published, 9 refused" in told.text
    assert told.errors == ""
