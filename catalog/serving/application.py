"""The application: every door of the house, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response

from catalog import __version__
from catalog.bootstrap import Services
from catalog.serving import health
from catalog.serving.bundles import bundles_endpoint
from catalog.serving.graphql.http import graphql_endpoint
from catalog.serving.graphql.schema import schema
from catalog.serving.measurement import Measured
from catalog.serving.policy_audit import auditing
from catalog.serving.store_facts import waivers_endpoint


def application(services: Services) -> FastAPI:
    """An ASGI application over `services`, which it closes when it stops.

    There is no interactive page, no OpenAPI document and no route that is not listed here.
    """
    telemetry = health.Telemetry()
    telemetry.engines_differ.set_function(lambda: services.policy_differences)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with auditing(services):
            yield
        services.close()

    app = FastAPI(
        title="Concord",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )

    app.add_middleware(Measured, telemetry=telemetry)

    async def ready() -> Response:
        return await health.ready(services)

    async def live() -> Response:
        return health.live()

    async def metrics() -> Response:
        return telemetry.page()

    # A plain route: what the framework would solve for its parameters, this door reads by itself.
    app.add_route("/graphql", graphql_endpoint(schema, services), methods=["POST"], name="graphql")
    app.add_api_route("/bundles/{point}", bundles_endpoint(services), methods=["GET"])
    app.add_api_route("/waivers", waivers_endpoint(services), methods=["GET"])
    app.add_api_route("/health/live", live, methods=["GET"])
    app.add_api_route("/health/ready", ready, methods=["GET"])
    app.add_api_route("/metrics", metrics, methods=["GET"])
    return app
