"""A process that registers and publishes one version after the other until somebody kills it."""

from multiprocessing.connection import Connection
from pathlib import Path

from flows.publishing_mesh import OLGA, ORDERS, open_engines, open_mesh, product_documents

from catalog.publishing.publish import PublishCommand, publish


def version(number: int) -> str:
    return f"1.0.{number}"


def command(number: int, digest: str) -> PublishCommand:
    return PublishCommand(ORDERS, digest, idempotency_key=f"publish {number}")


def publish_on(folder: Path, url: str, number: int, told: Connection) -> None:
    """Tells each number before its publication begins."""
    with open_engines() as engines, open_mesh(folder, url, engines, migrated=True) as mesh:
        while True:
            (draft,) = mesh.register(*product_documents(version(number)))
            told.send(number)
            publish(command(number, draft.digest), OLGA, mesh.gate)
            number += 1
