"""The steps of the main job, each with its account and the time it took."""

import json
import shutil
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import uvicorn

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import DOMAINS, approver, cast, issue_tokens
from catalog.cli.demonstration.expectation import Expectations, read_expectations
from catalog.cli.demonstration.one_number import tell_dispute
from catalog.cli.demonstration.progress import progress
from catalog.cli.output import Output, counted
from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.domain.identity import AssetKey
from catalog.engine.generate import generate
from catalog.manifests.folder import read_folder
from catalog.manifests.read import read
from catalog.publishing.publish import PublishCommand, PublishOutcome, publish
from catalog.publishing.review import registration_review
from catalog.publishing.sign import SignOffCommand, sign_off
from catalog.registry.register import Registration, register
from catalog.resources import resource_directory
from catalog.serving.process import server
from catalog.store import migrate

MESH = resource_directory("examples") / "mesh"
QUERY = """query Gmv($ask: MetricQueryInput!) {
  metricQuery(input: $ask) {
    columns { name } rows
    facts { metric version certified quality freshness decisionId }
  }
}"""


@dataclass
class Story:
    """One run of the demo; `seconds` keeps what each step took."""

    services: Services
    folder: Path
    output: Output
    scale: float = 1.0
    seconds: dict[str, float] = field(default_factory=dict)
    outcomes: dict[AssetKey, PublishOutcome] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[None]:
        """Announce a step, and measure it."""
        self.output.line(f"\n{len(self.seconds) + 1}. {title}", "bold")
        started = perf_counter()
        yield
        self.seconds[name] = perf_counter() - started

    def tell(self) -> bool:
        """The whole job; True when everything came out as the mesh says it must."""
        expected = read_expectations(Document("expectations.yaml", (MESH / "expectations.yaml").read_bytes()))
        with self.step("store", "An empty metadata store"):
            self._store()
        with self.step("data", "The data of four domains"):
            self._data()
        with self.step("register", "Domain teams register what they own: drafts, nothing served yet"):
            self._register()
        with self.step("sign_off", "Owners, stewards and the sponsor sign; one approval is left out"):
            self._sign_off(expected)
        with self.step("publish", "One gate judges every draft: policy, quality, compatibility, sign-offs"):
            self._publish(expected)
        with self.step("faults", "Each planted fault, and the rule that caught it"):
            surprises = self._faults(expected)
        with self.step("query", "A BI tool asks for numbers, over HTTP GraphQL"):
            self._query()
        with self.step(
            "dispute", "Three domains state one name: three numbers, why, and the sponsor's decision"
        ):
            surprises += tell_dispute(expected.dispute, self.services, self.output)
        with self.step("audit", "Everything that happened holds together"):
            self._audit()
        return not surprises

    def _store(self) -> None:
        revision = migrate.upgrade(self.services.settings.database_url)
        self.output.line(f"   {self.services.settings.database_url} is at {revision}")

    def _data(self) -> None:
        root = Path(self.services.settings.data_root)
        shutil.rmtree(root)
        scripts = resource_directory("examples") / "data"
        today = self.services.clock.now().date()
        total, count = 0, len(list(scripts.glob("*.sql")))
        with progress(self.output, "generating", count) as advance:
            for product, rows in generate(scripts, root, today, scale=self.scale):
                total += rows
                advance(product)
        self.output.line(f"   {total:,} rows of Parquet in {count} products, the same on every machine")

    def _register(self) -> None:
        for domain in DOMAINS:
            first = self._register_domain(domain)
            again = self._register_domain(domain)
            unchanged = sum(not one.stored for one in again)
            self.output.line(
                f"   {domain:<11}{counted(len(first), 'draft'):>9} by {domain}-owner; "
                f"the same bytes again: {unchanged} unchanged"
            )

    def _register_domain(self, domain: str) -> tuple[Registration, ...]:
        actor, gate = cast()[f"{domain}-owner"], self.services.gate
        manifest = read(read_folder(MESH / domain))
        review = registration_review(actor, gate)
        return register(manifest, actor, gate.open_unit, gate.clock, review=review)

    def _sign_off(self, expected: Expectations) -> None:
        actors, given = cast(), 0
        for key, roles in expected.sign_offs:
            for role in roles:
                actor = actors[approver(role, key.domain)]
                given += sign_off(SignOffCommand(key, role), actor, self.services.gate).recorded
        self.output.line(f"   {given} approvals of {len(expected.sign_offs)} metrics")

    def _publish(self, expected: Expectations) -> None:
        actors, keys = cast(), (*expected.published, *expected.refused)
        with progress(self.output, "judging", len(keys)) as advance:
            for key in keys:
                actor = actors[f"{key.domain}-owner"]
                self.outcomes[key] = publish(PublishCommand(key), actor, self.services.gate)
                advance(str(key))
        for key in keys:
            outcome = self.outcomes[key]
            sign, colour = ("+", "green") if outcome.published else ("-", "red")
            self.output.line(f"   {sign} {key} {outcome.version} {outcome.result}", colour)
            for finding in (one for one in outcome.findings if one.blocks):
                self.output.line(f"       {_file_of(key.domain, finding)}[{finding.code}] {finding.message}")
                self.output.line(f"           remedy: {finding.remedy}", "grey")
        published = sum(one.published for one in self.outcomes.values())
        self.output.line(f"   {published} published, {len(keys) - published} refused", "bold")

    def _faults(self, expected: Expectations) -> list[str]:
        for fault in expected.faults:
            caught = fault.is_caught_by(self.outcomes[fault.asset])
            mark, colour = ("caught", "green") if caught else ("MISSED", "red")
            by = f"{fault.code} “{fault.check}”" if fault.check else fault.code
            self.output.line(f"   {mark} {fault.asset.qualified_name}: {fault.sentence} ({by})", colour)
        surprises = expected.surprises(self.outcomes)
        for sentence in surprises:
            self.output.line(f"   not as expected: {sentence}", "red")
        return surprises

    def _query(self) -> None:
        tokens = issue_tokens(self.services, self.folder / "tokens.json")
        with served(self.services) as url:
            for metrics, grain in (
                (["gmv"], "year"),
                (["revenue", "revenue_growth"], "quarter"),
            ):
                item = f"metric_time__{grain}"
                self._ask({"metrics": metrics, "groupBy": [item], "orderBy": [item]}, url, tokens["bi"])

    def _ask(self, ask: Mapping[str, Any], url: str, token: str) -> None:
        answer = post(url, token, QUERY, {"ask": ask})["data"]["metricQuery"]
        names = [column["name"] for column in answer["columns"]]
        self.output.line(f"   POST /graphql as the BI tool of team planning: {json.dumps(ask)}")
        self.output.table(
            ["   " + names[0], *names[1:]], [["   " + str(row[0]), *row[1:]] for row in answer["rows"]]
        )
        for fact in answer["facts"]:
            certified = "certified" if fact["certified"] else "not certified"
            self.output.line(
                f"   {fact['metric']} {fact['version']}, {certified}, quality {fact['quality']}, "
                f"measured {fact['freshness']}, decision {fact['decisionId']}",
                "grey",
            )

    def _audit(self) -> None:
        verified = self.services.store.verify_audit()
        self.output.line(f"   {verified.rows} audit rows, one unbroken chain; head {verified.head[:16]}…")


def _file_of(domain: str, finding: Finding) -> str:
    """Where to look, from where the demo runs; nothing for a finding that has no place."""
    folder, here = (MESH / domain).resolve(), Path.cwd().resolve()
    shown = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return f"{shown / finding.place.file}:{finding.place.line} " if finding.place.file else ""


@contextmanager
def served(services: Services) -> Iterator[str]:
    """The real server on a spare loopback port, for as long as the block lasts; yields its GraphQL address."""
    running = server(services, port=0)
    running.config.lifespan = "off"  # the services outlive this server
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(running, thread)}/graphql"
    finally:
        running.should_exit = True
        thread.join()


def post(url: str, token: str, query: str, variables: Mapping[str, Any]) -> Any:
    """One GraphQL request as any client sends it."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310  (our own loopback address)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.loads(answer.read())


def _port(running: uvicorn.Server, thread: threading.Thread) -> int:
    pause = threading.Event()
    while not running.started and thread.is_alive():
        pause.wait(0.01)
    port: int = running.servers[0].sockets[0].getsockname()[1]
    return port
