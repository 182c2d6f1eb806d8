"""A progress bar for steps that take longer than a moment; silent where nobody watches a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catalog.cli.output import Output


@contextmanager
def progress(output: Output, label: str, total: int) -> Iterator[Callable[[str], None]]:
    """Yields a function to call with the name of each item that is done."""
    if not output.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(label, total=total)

        def advance(name: str) -> None:
            bar.update(task, advance=1, description=f"{label} {name}")

        yield advance
