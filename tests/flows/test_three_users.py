"""The three users over the real server: a domain team, a BI tool, a policy engineer."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flows.conftest import Mesh, raw
from waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def documents(folder: Path, **changes: str) -> list[dict[str, str]]:
    """The starter's documents for a domain, with texts replaced."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_text()
        for old, new in changes.items():
            content = content.replace(old, new)
        found.append({"path": path.relative_to(folder).as_posix(), "content": content})
    return found


def counts(mesh: Mesh) -> dict[str, int]:
    """What the store holds, as its keepers see it."""
    answer = mesh.send(
        "auditor", "{ auditLog(first: 1) { nodes { sequence } } accessLog(first: 1) { nodes { at } } }"
    )
    return {"audit": answer["data"]["auditLog"]["nodes"][0]["sequence"]}


def test_everything_planted_is_caught_by_the_rule_meant_for_it(mesh: Mesh) -> None:
    assert mesh.as_expected


class TestABiTool:
    def test_finds_metrics_with_their_owners_and_dimensions(self, mesh: Mesh) -> None:
        found = mesh.operation("bi", "bi/find_metrics", search="merchandise")["metrics"]["nodes"]
        assert [one["key"] for one in found] == ["metric:finance.gmv"]
        assert found[0]["owner"]
        assert "metric_time" in {one["name"] for one in found[0]["dimensions"]}

    def test_gets_one_number_with_its_trust_facts(self, mesh: Mesh) -> None:
        answer = mesh.operation("bi", "bi/query_metric", ask={"metrics": ["gmv"]})["metricQuery"]
        assert [column["name"] for column in answer["columns"]] == ["gmv"]
        assert answer["rows"][0][0] > 0
        (facts,) = answer["facts"]
        assert (facts["metric"], facts["certified"], facts["quality"]) == (
            "metric:finance.gmv",
            True,
            "passed",
        )
        assert facts["decisionId"]

    def test_gets_the_same_number_by_its_qualified_name(self, mesh: Mesh) -> None:
        asked = ({"metrics": ["gmv"]}, {"metrics": ["finance.gmv"]})
        one, other = (
            mesh.operation("bi", "bi/query_metric", ask=ask)["metricQuery"]["rows"] for ask in asked
        )
        assert one == other

    def test_groups_filters_orders_and_limits(self, mesh: Mesh) -> None:
        ask = {
            "metrics": ["order_count"],
            "groupBy": ["order__channel"],
            "where": ["{{ Dimension('order__channel') }} <> 'store'"],
            "orderBy": ["-order_count"],
            "limit": 1,
        }
        rows = mesh.operation("bi", "bi/query_metric", ask=ask)["metricQuery"]["rows"]
        assert len(rows) == 1
        assert rows[0][0] in {"web", "app"}

    def test_gets_what_accumulates_over_the_calendar_of_another_domain(self, mesh: Mesh) -> None:
        by_month = {"groupBy": ["metric_time__month"], "orderBy": ["metric_time__month"]}
        found = {
            name: mesh.operation("bi", "bi/query_metric", ask={"metrics": [name], **by_month})["metricQuery"]
            for name in ("revenue", "revenue_to_date")
        }
        total, year = 0.0, ""
        for month, revenue in found["revenue"]["rows"]:
            total = revenue + (total if month[:4] == year else 0.0)
            year = month[:4]
            assert [month, pytest.approx(total)] in found["revenue_to_date"]["rows"]
        assert len(found["revenue"]["rows"]) > 24
        assert found["revenue_to_date"]["facts"][0]["quality"] == "passed"

    def test_gets_growth_over_a_year(self, mesh: Mesh) -> None:
        ask = {"metrics": ["revenue", "revenue_growth"], "groupBy": ["metric_time__month"]}
        rows = mesh.operation("bi", "bi/query_metric", ask=ask)["metricQuery"]["rows"]
        revenue = {row[0]: row[1] for row in rows}
        running = max(revenue)  # compared with as many days as it has, because the calendar ends there
        compared = [row for row in rows if row[2] is not None and row[0] != running]
        assert len(compared) > 10
        for month, now, growth in compared:
            before = revenue[f"{int(month[:4]) - 1}{month[4:]}"]
            assert growth == pytest.approx((now - before) / before)

    def test_groups_by_the_fiscal_quarters_of_the_calendar(self, mesh: Mesh) -> None:
        ask = {"metrics": ["revenue"], "groupBy": ["metric_time__fiscal_quarter"]}
        rows = mesh.operation("bi", "bi/query_metric", ask=ask)["metricQuery"]["rows"]
        assert {row[0][5:10] for row in rows} == {"02-01", "05-01", "08-01", "11-01"}

    def test_asks_what_a_domain_saved_by_its_name(self, mesh: Mesh) -> None:
        for name in ("revenue_by_month", "sales.revenue_by_month"):
            answer = mesh.operation("bi", "bi/query_metric", ask={"savedQuery": name, "limit": 5})[
                "metricQuery"
            ]
            names = [one["name"] for one in answer["columns"]]
            assert names == ["metric_time__month", "revenue", "revenue_to_date", "revenue_growth"]
            assert len(answer["rows"]) == 5
            assert answer["facts"][0]["metric"] == "metric:sales.revenue"

    def test_cannot_change_what_a_saved_query_asks(self, mesh: Mesh) -> None:
        query = "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }"
        for more, code in (
            ({"metrics": ["gmv"]}, "USAGE"),
            ({"savedQuery": "nothing_like_it"}, "NOT_FOUND"),
            ({"savedQuery": "finance.revenue_by_month"}, "NOT_FOUND"),
        ):
            (error,) = mesh.send("bi", query, a={"savedQuery": "revenue_by_month", **more})["errors"]
            assert error["extensions"]["code"].startswith(code)

    def test_sees_the_saved_queries_of_a_metric_with_their_exports(self, mesh: Mesh) -> None:
        query = '{ metrics(domain: "sales", name: "revenue") { nodes { savedQueries { name metrics exports } } } }'
        (metric,) = mesh.send("bi", query)["data"]["metrics"]["nodes"]
        (saved,) = metric["savedQueries"]
        assert (saved["name"], saved["exports"]) == ("revenue_by_month", ["revenue_by_month"])

    def test_cannot_see_the_sql(self, mesh: Mesh) -> None:
        query = "query($a: MetricQueryInput!) { metricQuery(input: $a) { sql plan } }"
        ask = {"a": {"metrics": ["gmv"]}}
        assert mesh.send("bi", query, **ask)["data"]["metricQuery"] == {"sql": None, "plan": None}
        kept = mesh.send("finance-owner", query, **ask)["data"]["metricQuery"]
        assert "SELECT" in kept["sql"]

    def test_is_told_nothing_of_a_metric_that_is_not_served(self, mesh: Mesh) -> None:
        for name in ("sales.weekly_active_buyers", "sales.nothing_like_it"):
            (error,) = mesh.send(
                "bi",
                "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }",
                a={"metrics": [name]},
            )["errors"]
            assert error["extensions"]["code"] == "NOT_FOUND"
            assert error["message"].replace(name, "it") == "There is no metric it that you may see."

    def test_is_refused_with_reasons_when_the_query_has_no_right_answer(self, mesh: Mesh) -> None:
        (error,) = mesh.send(
            "bi",
            "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }",
            a={"metrics": ["gmv"], "groupBy": ["planet__colour"]},
        )["errors"]
        assert error["extensions"]["findings"][0]["remedy"]

    @pytest.mark.parametrize(
        ("where", "code", "words"),
        [
            (
                "{{ Dimension('order__channel') }} = 5",
                "FILTER_TYPE_MISMATCH",
                "a text is compared with a number",
            ),
            ("CAST({{ Dimension('order__channel') }} AS INTEGER) = 5", "METRIC_DATA_UNFIT", "order_count"),
        ],
    )
    def test_is_told_which_filter_does_not_fit_the_data(
        self, mesh: Mesh, where: str, code: str, words: str
    ) -> None:
        (error,) = mesh.send(
            "bi",
            "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }",
            a={"metrics": ["order_count"], "where": [where]},
        )["errors"]
        (finding,) = error["extensions"]["findings"]
        assert finding["code"] == code
        assert words in finding["message"]
        assert "order__channel" in finding["message"]

    def test_reads_a_product_with_its_contract(self, mesh: Mesh) -> None:
        product = mesh.operation("bi", "bi/read_data_product", domain="sales", name="orders")["dataProduct"]
        (port,) = product["outputPorts"]
        assert port["contract"]["schema"][0]["columns"]
        assert product["versions"][0]["status"] == "ACTIVE"

    def test_leaves_a_row_in_the_access_log(self, mesh: Mesh) -> None:
        mesh.operation("bi", "bi/query_metric", ask={"metrics": ["cac"]})
        query = "{ accessLog(first: 1) { nodes { subject team application asset version rows allowed decisionId } } }"
        (entry,) = mesh.send("auditor", query)["data"]["accessLog"]["nodes"]
        assert entry | {"decisionId": ""} == {
            "subject": "bi",
            "team": "planning",
            "application": "dashboards",
            "asset": "metric:marketing.cac",
            "version": "1.0.0",
            "rows": 1,
            "allowed": True,
            "decisionId": "",
        }

    def test_may_not_read_the_logs(self, mesh: Mesh) -> None:
        for field in ("accessLog", "auditLog"):
            (error,) = mesh.send("bi", f"{{ {field} {{ nodes {{ at }} }} }}")["errors"]
            assert error["extensions"]["code"] == "FORBIDDEN"


class TestADomainTeam:
    FOLDER = ROOT / "examples" / "starter"

    def test_registers_the_same_documents_once(self, mesh: Mesh) -> None:
        given = documents(ROOT / "examples" / "mesh" / "sales" / "products" / "stores")
        for one in given:
            one["content"] = one["content"].replace("\nversion: 1.0.0", "\nversion: 1.1.0")
        answer = mesh.operation("sales-owner", "domain_team/register", documents=given)["draftRegister"]
        assert answer["userErrors"] == []
        again = mesh.operation("sales-owner", "domain_team/register", documents=given)["draftRegister"]
        assert [one["stored"] for one in again["drafts"]] == [False] * len(again["drafts"])

    def test_sees_what_waits_for_the_gate(self, mesh: Mesh) -> None:
        waiting = mesh.operation("sales-owner", "domain_team/waiting_drafts")["drafts"]["nodes"]
        names = {one["asset"] for one in waiting}
        assert "data_product:sales.customers" in names
        assert not any(name.split(":")[1].startswith("finance.") for name in names)

    def test_is_refused_with_file_and_line_and_changes_nothing(self, mesh: Mesh) -> None:
        before = counts(mesh)
        broken = [{"path": "product.odps.yaml", "content": "kind: DataProduct\nkind: DataProduct\n"}]
        answer = mesh.operation("sales-owner", "domain_team/register", documents=broken)["draftRegister"]
        (error,) = answer["userErrors"]
        assert answer["drafts"] == []
        assert ("product.odps.yaml", 2) in {(one["file"], one["line"]) for one in error["findings"]}
        assert counts(mesh) == before

    def test_cannot_register_for_another_domain(self, mesh: Mesh) -> None:
        given = documents(ROOT / "examples" / "mesh" / "finance" / "products" / "subscriptions")
        answer = mesh.operation("sales-owner", "domain_team/register", documents=given)["draftRegister"]
        assert [error["code"] for error in answer["userErrors"]] == ["FORBIDDEN"]

    def test_publishing_what_is_refused_names_every_reason(self, mesh: Mesh) -> None:
        asset = "data_product:sales.customers"
        answer = mesh.operation("sales-owner", "domain_team/publish", input={"asset": asset})[
            "versionPublish"
        ]
        assert answer["result"] == "REFUSED"
        assert sum(one["level"] == "ERROR" for one in answer["findings"]) == 2

    def test_the_same_idempotency_key_gives_the_same_answer(self, mesh: Mesh) -> None:
        given = {"asset": "data_product:sales.customers", "idempotencyKey": "once"}
        one, other = (
            mesh.operation("sales-owner", "domain_team/publish", input=given)["versionPublish"]
            for _ in range(2)
        )
        assert one == other
        given["expectedRowVersion"] = 77
        (error,) = mesh.operation("sales-owner", "domain_team/publish", input=given)["versionPublish"][
            "userErrors"
        ]
        assert error["code"] == "IDEMPOTENCY_MISMATCH"

    def test_a_stale_row_version_is_a_conflict(self, mesh: Mesh) -> None:
        given = {"asset": "metric:sales.gmv", "expectedRowVersion": 77}
        answer = mesh.operation("sales-owner", "domain_team/publish", input=given)["versionPublish"]
        assert [error["code"] for error in answer["userErrors"]] == ["STALE_ROW_VERSION"]

    def test_the_sponsor_signs_and_the_north_star_is_served(self, mesh: Mesh) -> None:
        if mesh.services.settings.policy_engine != "opa":
            pytest.skip("told on the other installation, so that this mesh keeps its missing approval")
        asset, signer = "metric:sales.weekly_active_buyers", "sponsor"
        sign = "mutation($i: DraftSignOffInput!) { draftSignOff(input: $i) { recorded missing userErrors { code } } }"
        given = {"asset": asset, "role": "EXECUTIVE_SPONSOR"}
        signed = mesh.send(signer, sign, i=given)["data"]["draftSignOff"]
        assert (signed["recorded"], signed["missing"]) == (True, [])
        answer = mesh.operation("sales-owner", "domain_team/publish", input={"asset": asset})[
            "versionPublish"
        ]
        assert answer["result"] == "PUBLISHED"

    def test_deprecates_with_a_notice_that_every_reader_sees_and_retires_after_the_sunset(
        self, mesh: Mesh
    ) -> None:
        asset = {"asset": "metric:marketing.nps", "version": "1.0.0"}
        deprecate = """mutation($i: VersionDeprecateInput!) {
          versionDeprecate(input: $i) { status userErrors { code findings { code } } } }"""
        retire = """mutation($i: VersionRetireInput!) {
          versionRetire(input: $i) { status userErrors { code findings { code } } } }"""
        given = asset | {"notice": "Ask for satisfaction instead.", "sunsetAt": "2199-01-01T00:00:00Z"}
        (past,) = mesh.send("marketing-owner", deprecate, i=given | {"sunsetAt": "2020-01-01T00:00:00Z"})[
            "data"
        ]["versionDeprecate"]["userErrors"]
        assert [one["code"] for one in past["findings"]] == ["SUNSET_INVALID"]
        done = mesh.send("marketing-owner", deprecate, i=given)["data"]["versionDeprecate"]
        assert done == {"status": "DEPRECATED", "userErrors": []}
        (facts,) = mesh.operation("bi", "bi/query_metric", ask={"metrics": ["nps"]})["metricQuery"]["facts"]
        assert (facts["notice"], facts["certified"]) == ("Ask for satisfaction instead.", False)
        (early,) = mesh.send("marketing-owner", retire, i=asset)["data"]["versionRetire"]["userErrors"]
        assert early["findings"]


class TestAPolicyEngineer:
    def test_sees_what_was_denied_and_by_which_rule(self, mesh: Mesh) -> None:
        denied = mesh.operation("policy", "policy_ci/denied_decisions")["decisions"]["nodes"]
        rules = {finding["code"] for one in denied for finding in one["findings"]}
        assert {"ORG-MET-003", "ORG-PRV-001", "ORG-CON-001"} <= rules
        assert all(one["engine"].startswith(("regorus", "opa")) for one in denied)

    def test_finds_the_digests_that_repeat_a_decision(self, mesh: Mesh) -> None:
        found = mesh.operation("policy", "policy_ci/decision_history", asset="metric:sales.gmv")["decisions"][
            "nodes"
        ]
        assert found
        assert all(one["inputDigest"].startswith("sha256:") and one["rulesEvaluated"] > 0 for one in found)

    def test_sees_quality_evidence_without_rows_of_data(self, mesh: Mesh) -> None:
        (run, *_) = mesh.operation(
            "policy", "policy_ci/quality_evidence", asset="data_product:sales.customers"
        )["qualityRuns"]["nodes"]
        assert not run["passes"]
        assert {"ACCURACY", "COMPLETENESS"} <= {one["dimension"] for one in run["dimensions"]}


class TestEveryDoor:
    @pytest.mark.parametrize(
        "header", [None, "Bearer ", "Bearer concord_wrong", "Basic abc", "concord_wrong"]
    )
    def test_asks_for_a_valid_token(self, mesh: Mesh, header: str | None) -> None:
        status, answer = raw(mesh.url, b'{"query": "{ domains { nodes { name } } }"}', authorization=header)
        assert status == 401
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"null", 400),
            (b'"x"', 400),
            (b"[]", 400),
            (b"[{},{}]", 400),
            (b"\xff\xfe", 400),
            (b'{"query": 1}', 400),
            (b'{"query": "{a}", "variables": []}', 400),
            (b'{"query": "{a}", "variables": {"n": NaN}}', 400),
            (b'{"query": "{a}", "variables": {"n": ' + b"[" * 60 + b"]" * 60 + b"}}", 400),
            (b'{"query": "' + b"x" * 300_000 + b'"}', 413),
        ],
    )
    def test_answers_malformed_bodies_with_their_status(self, mesh: Mesh, body: bytes, status: int) -> None:
        found, answer = raw(mesh.url, body, authorization=f"Bearer {mesh.tokens['bi']}")
        assert found == status
        assert "Traceback" not in json.dumps(answer)

    @pytest.mark.parametrize(
        "query",
        ["{ nothing }", "{ domains", "query($a: Int!) { domains(first: $a) { nodes { name } } }", "{}"],
    )
    def test_a_request_error_is_400_in_the_new_media_type_and_200_in_the_old(
        self, mesh: Mesh, query: str
    ) -> None:
        body = json.dumps({"query": query}).encode()
        token = f"Bearer {mesh.tokens['bi']}"
        new, answer = raw(mesh.url, body, authorization=token, accept="application/graphql-response+json")
        old, _ = raw(mesh.url, body, authorization=token, accept="application/json")
        assert (new, old) == (400, 200)
        assert "data" not in answer

    def test_gives_no_suggestions(self, mesh: Mesh) -> None:
        answer = mesh.send("bi", "{ domain { name } }")
        assert "Did you mean" not in json.dumps(answer)

    @pytest.mark.parametrize("cursor", ["", "x", "é", "MTptZXRyaWNzOmE", "MTpkb21haW5zOg", "a" * 5000])
    def test_refuses_foreign_cursors(self, mesh: Mesh, cursor: str) -> None:
        query = "query($c: String) { domains(after: $c) { nodes { name } } }"
        (error,) = mesh.send("bi", query, c=cursor)["errors"]
        assert error["extensions"]["code"] == "CURSOR_INVALID"

    @pytest.mark.parametrize("first", [0, -1, 101, 2147483647])
    def test_refuses_page_sizes_out_of_bounds(self, mesh: Mesh, first: int) -> None:
        (error,) = mesh.send("bi", "query($n: Int!) { domains(first: $n) { nodes { name } } }", n=first)[
            "errors"
        ]
        assert error["extensions"]["code"] in {"PAGE_SIZE_INVALID", "QUERY_TOO_COMPLEX"}

    def test_pages_without_gap_or_repetition(self, mesh: Mesh) -> None:
        query = "query($c: String) { metrics(first: 3, after: $c) { nodes { key } pageInfo { hasNextPage endCursor } } }"
        seen: list[str] = []
        cursor = None
        while True:
            page = mesh.send("bi", query, c=cursor)["data"]["metrics"]
            seen += [one["key"] for one in page["nodes"]]
            cursor = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        whole = mesh.send("bi", "{ metrics(first: 100) { nodes { key } } }")["data"]["metrics"]["nodes"]
        assert seen == [one["key"] for one in whole]
        assert len(seen) > 3

    def test_serves_only_post_for_graphql(self, mesh: Mesh) -> None:
        request = urllib.request.Request(mesh.url + "?query=%7B__typename%7D")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=PATIENCE)
        assert refused.value.code == 405
        refused.value.close()

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
    )
    def test_takes_json_in_utf_8_only(self, mesh: Mesh, kind: str) -> None:
        status, _ = raw(
            mesh.url, b'{"query": "{a}"}', authorization=f"Bearer {mesh.tokens['bi']}", content_type=kind
        )
        assert status == 415

    @pytest.mark.parametrize("path", ["live", "ready"])
    def test_says_how_it_is(self, mesh: Mesh, path: str) -> None:
        with urllib.request.urlopen(
            mesh.url.replace("graphql", f"health/{path}"), timeout=PATIENCE
        ) as answer:
            assert json.loads(answer.read())["status"] in {"live", "ready"}
            assert answer.headers.get_all("x-content-type-options") == ["nosniff"]

    def test_counts_its_requests_for_prometheus(self, mesh: Mesh) -> None:
        mesh.send("bi", "{ __typename }")
        with urllib.request.urlopen(mesh.url.replace("graphql", "metrics"), timeout=PATIENCE) as answer:
            assert b'concord_http_requests_total{path="/graphql",status="200"}' in answer.read()


def test_a_sponsor_sees_three_numbers_of_one_name_why_and_what_was_settled(mesh: Mesh) -> None:
    answer = mesh.operation("sponsor", "bi/reconcile_metric", name="gmv")["metricReconciliation"]
    values = {one["metric"]: one["value"] for one in answer["stated"]}
    assert len(set(values.values())) == 3
    assert answer["spread"] == pytest.approx(max(values.values()) - min(values.values()))
    assert answer["settlement"]["canonical"] == "metric:finance.gmv"
    for one in answer["comparisons"]:
        other = values[f"metric:{one['other'].split(' ')[0]}"]
        explained = sum(cause["one"] - cause["other"] for cause in one["causes"])
        assert explained == pytest.approx(values["metric:finance.gmv"] - other)
    as_reader = mesh.operation("bi", "bi/reconcile_metric", name="gmv")["metricReconciliation"]
    assert [one["metric"] for one in as_reader["stated"]] == ["metric:finance.gmv"]


def test_whoever_is_no_sponsor_settles_nothing(mesh: Mesh) -> None:
    given = {"canonical": "metric:finance.gmv", "reason": "ours", "dryRun": True}
    refused = mesh.operation("finance-owner", "domain_team/settle_metric_name", input=given)
    assert refused["metricNameSettle"]["settlement"] is None
    assert refused["metricNameSettle"]["userErrors"][0]["code"] == "FORBIDDEN"
    tried = mesh.operation("sponsor", "domain_team/settle_metric_name", input=given)["metricNameSettle"]
    assert tried["settlement"]["definitionDigest"].startswith("sha256:")
    assert tried["unheard"] == ["metric:marketing.gmv", "metric:sales.gmv"]
