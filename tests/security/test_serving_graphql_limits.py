"""Documents built to cost much are counted in linear time and refused before validation."""

import pytest
from graphql import parse

from catalog.serving.graphql.limits import Limits, refuse_costly

pytestmark = pytest.mark.security


def ladder(steps: int) -> str:
    rungs = "".join(f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}} " for n in range(steps))
    return "query{...f0} " + rungs + f"fragment f{steps} on Query{{domains{{name}}}}"


@pytest.mark.parametrize("steps", [18, 30, 75])
def test_a_ladder_of_fragments_is_refused_without_unfolding_it(steps: int) -> None:
    findings = refuse_costly(parse(ladder(steps)), {}, Limits())
    assert {finding.code for finding in findings} == {"QUERY_TOO_COMPLEX"}


def test_a_fragment_in_a_circle_is_refused() -> None:
    findings = refuse_costly(
        parse("query{...a} fragment a on Query{...b} fragment b on Query{...a}"), {}, Limits()
    )
    assert any("spreads itself" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{" + "a{" * 13 + "b" + "}" * 13 + "}", "depth"),
        ("{" + " ".join(f"a{n}: domains{{name}}" for n in range(31)) + "}", "aliases"),
        ("{" + "domains{name} " * 11 + "}", "root fields"),
        ("{domains{" + "name " * 400 + "}}", "selections"),
        ("{domains{" + "name @skip(if: false) " * 41 + "}}", "directives"),
        (
            "{products(first:100){nodes{metrics(first:100){nodes{product{metrics(first:100){nodes{name}}}}}}}}",
            "nodes",
        ),
    ],
)
def test_every_limit_is_named_when_it_is_passed(document: str, word: str) -> None:
    assert any(word in finding.message for finding in refuse_costly(parse(document), {}, Limits()))


def test_page_sizes_count_when_they_come_as_variables_and_as_their_defaults() -> None:
    given = "query($n: Int){products(first:$n){nodes{metrics(first:$n){nodes{tags(first:$n)}}}}}"
    by_default = given.replace("$n: Int", "$n: Int = 100")
    limits = Limits(nodes=5_000)
    assert refuse_costly(parse(given), {"n": 100}, limits)
    assert refuse_costly(parse(by_default), {}, limits)
    assert refuse_costly(parse(given), {"n": 2}, limits) == ()


def test_an_ordinary_document_passes() -> None:
    document = (
        "query{products(first:50){nodes{name owner domain{name} ports{name contract{columns{name type}}}}}}"
    )
    assert refuse_costly(parse(document), None, Limits()) == ()
