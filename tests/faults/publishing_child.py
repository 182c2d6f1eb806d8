"""A process that registers and publishes one version after the other until somebody kills it."""

import sys
from pathlib import Path

from flows.publishing_mesh import OLGA, ORDERS, open_engines, open_mesh, product_documents

from catalog.publishing.publish import PublishCommand, publish


def version(number: int) -> str:
    return f"1.0.{number}"


def command(number: int, digest: str) -> PublishCommand:
    return PublishCommand(ORDERS, digest, idempotency_key=f"publish {number}")


def main(folder: str, url: str, first: str) -> None:
    with open_engines() as engines, open_mesh(Path(folder), url, engines, migrated=True) as mesh:
        number = int(first)
        while True:
            (draft,) = mesh.register(*product_documents(version(number)))
            print(number, flush=True)
            publish(command(number, draft.digest), OLGA, mesh.gate)
            number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
