"""Drafts, bundles and policy folders that policy tests of every folder build on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    SchemaObject,
    Server,
    SlaProperty,
    TeamMember,
)
from catalog.domain.data_product import DataProduct, InputPort, ManagementPort, OutputPort
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import Level, Place
from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.load import load_bundle
from catalog.policy.view import MeshFacts, mesh_facts, view_of
from catalog.policy.view_schema import view_schema

ROOT = Path(__file__).resolve().parents[3]
POLICIES = ROOT / "policies"
VIEW_VALIDATOR = jsonschema_rs.validator_for(view_schema())
NOW = datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC)
FACTS = {
    "owner": "ada",
    "steward": "grace",
    "lawfulBasis": "consent",
    "storageRegion": "eu-central-1",
    "regimes": ["gdpr"],
    "consentPurpose": "newsletter",
    "purpose": "newsletter",
}
HASHED = {"masking": "hash"}


@cache
def real_bundle() -> Bundle:
    """The rules that ship."""
    return load_bundle(POLICIES)


def column(name: str, line: int = 0, **fields: Any) -> Property:
    """A column that no rule about columns finds fault with, unless told otherwise."""
    place = Place("contract.odcs.yaml", line, 9, "/schema/0/properties") if line else Place()
    sound = {"description": "What it holds.", "logical_type": "string", "primary_key": True, "required": True}
    return Property(**({"name": name, "place": place} | sound | fields))


EMAIL = column("email", 20, logical_type="string", classification="personal", custom=HASHED, tags=("pii",))
ZIP = column("zip_code", 24, logical_type="string")
COLUMNS = (column("person_id", 18, logical_type="integer"), EMAIL, ZIP)
CHECK = QualityRule(
    "sql",
    name="nobody is old",
    query="SELECT count(*) FROM people WHERE age > 130",
    dimension="accuracy",
    place=Place("contract.odcs.yaml", 30, 9),
)


def contract(*columns: Property, **fields: Any) -> DataContract:
    """A contract over one table, `people`."""
    declared = {
        "id": "sales-people",
        "version": "1.0.0",
        "api_version": "v3.1.0",
        "servers": (Server("files", "local", place=Place("contract.odcs.yaml", 8, 5)),),
        "schema": (
            SchemaObject(
                "people",
                granularity="one row per person",
                properties=columns or COLUMNS,
                quality=(CHECK,),
                place=Place("contract.odcs.yaml", 16, 5),
            ),
        ),
        "sla": (
            SlaProperty("retention", 7, "y", place=Place("contract.odcs.yaml", 40, 5)),
            SlaProperty("latency", 1, "d", place=Place("contract.odcs.yaml", 43, 5)),
        ),
        "place": Place("contract.odcs.yaml", 1, 1),
    }
    return DataContract(**(declared | fields))


def product_draft(
    *contracts: DataContract, domain: str = "sales", facts: Mapping[str, Any] = FACTS, **fields: Any
) -> Draft:
    """A data product that every rule of the organisation lets pass, unless told otherwise."""
    offered = contracts or (contract(),)
    declared = {
        "id": f"{domain}-people-product",
        "name": "people",
        "version": "1.0.0",
        "api_version": "v1.0.0",
        "domain": domain,
        "purpose": "Who buys in the shops.",
        "usage": "Count people by their ZIP code.",
        "limitations": "Those who asked to be forgotten are not in it.",
        "tags": ("people",),
        "input_ports": (InputPort("visits", "1.0.0", "web-visits", place=Place("product.odps.yaml", 9, 5)),),
        "output_ports": tuple(
            OutputPort(
                one.id, "1.0.0", one.id, description="People.", place=Place("product.odps.yaml", 12 + at, 5)
            )
            for at, one in enumerate(offered)
        ),
        "management_ports": (
            ManagementPort("status", "observability", place=Place("product.odps.yaml", 30, 5)),
        ),
        "team": (TeamMember("ada", role="owner"),),
        "governance": Governance.from_properties(facts),
        "place": Place("product.odps.yaml", 1, 1),
    }
    product = DataProduct(**(declared | fields))
    return Draft(product.key, "1.0.0", "sha256:d", "sha256:p", ProductContent(product, offered), ())


def metric_draft(name: str = "gmv", *, definition: str = "sha256:m", **facts: Any) -> Draft:
    """A governed metric of tier 2."""
    declared = {
        "domain": "sales",
        "owner": "ada",
        "steward": "grace",
        "tier": "tier_2",
        "reviewCadence": "P3M",
    } | facts
    metric = Metric(
        name,
        MetricType.SIMPLE,
        description="What was sold.",
        measure=MetricInput("amount"),
        governance=Governance.from_properties(declared),
        place=Place("metrics.yaml", 7, 5),
    )
    model = SemanticModel(
        "orders", "orders", governance=Governance.from_properties({"product": "sales.orders"})
    )
    content = MetricContent(metric, SemanticManifest((model,), (metric,)))
    return Draft(metric.key, "1.0.0", "sha256:d", definition, content, ())


def view(draft: Draft, mesh: MeshFacts | None = None) -> dict[str, Any]:
    """The view at publishing, which is one under its published schema."""
    built = view_of(draft, EnforcementPoint.PUBLISH, now=NOW, mesh=mesh or MeshFacts())
    VIEW_VALIDATOR.validate(built)
    return dict(built)


def mesh_of() -> MeshFacts:
    """A mesh in which another product serves the same columns."""
    return mesh_facts([product_draft(domain="web")])


def rule(rule_id: str = "ORG-TST-001", **fields: Any) -> Rule:
    """A rule's metadata as its header would give it."""
    domain = fields.get("domain", "")
    name = rule_id.lower().replace("-", "_")
    declared = {
        "id": rule_id,
        "package": f"governance.domains.{domain}.{name}" if domain else f"governance.org.{name}",
        "title": "A rule",
        "path": f"org/{name}.rego",
        "severity": Level.ERROR,
        "enforcement": dict.fromkeys(EnforcementPoint, Enforcement.DENY),
        "kinds": ("data_product", "metric"),
        "message": "{asset} breaks {what}.",
        "remediation": "Mend {what}.",
    }
    return Rule(**(declared | fields))


def bundle_of(body: str, **fields: Any) -> Bundle:
    """A bundle of one rule with this body, unread by loader and lint."""
    one = rule(**fields)
    source = f"package {one.package}\n\n{body}\n"
    return Bundle(f"sha256:{hash(source):x}", (Module(one.path, source),), (one,), {"org": {}, "domains": {}})


def reporting(path: str = "/asset", args: str = '{"what": "the rule"}', rule_id: str = "ORG-TST-001") -> str:
    """A rule body that always reports."""
    return f'violation contains v if {{\n\tv := {{"id": "{rule_id}", "path": "{path}", "args": {args}}}\n}}'


def with_rules(bundle: Bundle, *rules: Rule) -> Bundle:
    """The bundle with other metadata."""
    return replace(bundle, rules=rules)


HEADER = """\
# METADATA
# title: An asset names its owner
# custom:
#   id: {id}
#   severity: warning
#   enforcement: {{ci: deny, register: warn, publish: deny, audit: off}}
#   scope: {{kinds: [data_product, metric]}}
#   guidance: mandatory
#   since: 2026-11-01
#   message: "{{asset}} names no owner."
#   remediation: "Declare owner."
#   owner: governance
"""
BODY = """\
package {package}

violation contains v if {{
	input.asset.owner == ""
	v := {{"id": "{id}", "path": "/asset", "args": {{}}}}
}}
"""
TEST = """\
package {package}_test

import data.{package}

test_it if count({name}.violation) == 1 with input.asset.owner as ""

test_not if count({name}.violation) == 0 with input.asset.owner as "a"
"""


def policy_folder(root: Path, **files: str) -> Path:
    """A folder of one sound rule, `org/owner.rego`; `files` (with `__` for `/`) are added or replaced."""
    package = "governance.org.owner"
    sound = {
        "org/owner.rego": HEADER.format(id="ORG-OWN-001") + BODY.format(id="ORG-OWN-001", package=package),
        "org/owner_test.rego": TEST.format(package=package, name="owner"),
    }
    for name, text in (sound | {path.replace("__", "/"): text for path, text in files.items()}).items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def domain_rule(domain: str, rule_id: str = "FIN-OWN-001", name: str = "owner") -> dict[str, str]:
    """The two files of a domain's rule."""
    package = f"governance.domains.{domain.replace('-', '_')}.{name}"
    return {
        f"domains/{domain}/{name}.rego": HEADER.format(id=rule_id) + BODY.format(id=rule_id, package=package),
        f"domains/{domain}/{name}_test.rego": TEST.format(package=package, name=name),
    }
