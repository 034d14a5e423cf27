"""Each refusal of the emulator: seen, with AWS's code and the rule's name; gone when the rule is off; and no wider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import ConfigurationError
from tests.emulator.rules.account import Account
from tests.emulator.rules.database_examples import DATABASE_BROTHERS, DATABASES, TAKEN
from tests.emulator.rules.edge_examples import EDGE_BROTHERS, EDGES
from tests.emulator.rules.examples import ANSWERED_BY_NOBODY
from tests.emulator.rules.examples import EXAMPLES as SERVICES
from tests.emulator.rules.form_examples import FORM_BROTHERS, FORMS, FORMS_TAKEN
from tests.emulator.rules.further_examples import BROTHERS as OTHER_BROTHERS
from tests.emulator.rules.further_examples import FURTHER, TRUSTED_SERVICES, trust
from tests.emulator.rules.kind_examples import KIND_BROTHERS, KINDS, KINDS_TAKEN
from tests.emulator.rules.page_examples import PAGE_BROTHERS, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.emulator import EmulatedAws

pytestmark = pytest.mark.usefixtures("extra")

EXAMPLES = {**SERVICES, **FURTHER, **DATABASES, **EDGES, **FORMS, **KINDS, **PAGES}
GROUPS = (OTHER_BROTHERS, DATABASE_BROTHERS, EDGE_BROTHERS, FORM_BROTHERS, KIND_BROTHERS, PAGE_BROTHERS)
BROTHERS = {rule: tuple(call for group in GROUPS for call in group.get(rule, ())) for rule in EXAMPLES}
ALL_TAKEN = (*TAKEN, *FORMS_TAKEN, *KINDS_TAKEN)


def error_of(call: Callable[[], object]) -> str:
    try:
        call()
    except (ClientError, ResponseParserError) as error:
        return str(error)
    return ""


@pytest.fixture(name="strict", scope="module")
def _strict(extra: None) -> Iterator[EmulatedAws]:
    with emulated_aws(region="eu-west-1") as aws:
        yield aws


@pytest.fixture(name="account", scope="module")
def _account(strict: EmulatedAws) -> Account:
    return Account(strict)


def test_every_rule_has_an_example_and_a_name_of_its_own(extra: None) -> None:
    from constructs_lib.emulator.rules import RULES

    identifiers = [rule.id for rule in RULES]
    assert sorted(identifiers) == sorted(EXAMPLES)


@pytest.mark.parametrize("identifier", EXAMPLES)
def test_what_aws_refuses_is_refused_with_its_code_and_the_name_of_the_rule(account: Account, identifier: str) -> None:
    from constructs_lib.emulator.rules import RULES

    rule = next(rule for rule in RULES if rule.id == identifier)

    with pytest.raises(ClientError) as failure:
        EXAMPLES[identifier].refused(account)

    assert f"[rule {identifier}]" in str(failure.value)
    assert failure.value.response["Error"]["Code"] == rule.code
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == rule.status


@pytest.mark.parametrize(
    ("identifier", "number"), [(rule, number) for rule, calls in BROTHERS.items() for number in range(len(calls))]
)
def test_its_brothers_are_refused_too(account: Account, identifier: str, number: int) -> None:
    assert f"[rule {identifier}]" in error_of(lambda: BROTHERS[identifier][number](account))


@pytest.mark.parametrize("identifier", EXAMPLES)
def test_the_good_twin_is_accepted(account: Account, identifier: str) -> None:
    error = error_of(lambda: EXAMPLES[identifier].accepted(account))

    if identifier in ANSWERED_BY_NOBODY:
        assert "[rule " not in error
    else:
        assert error == ""


@pytest.mark.parametrize("number", range(len(ALL_TAKEN)))
def test_what_aws_takes_is_taken(account: Account, number: int) -> None:
    assert error_of(lambda: ALL_TAKEN[number](account)) == ""


@pytest.mark.parametrize("service", TRUSTED_SERVICES)
def test_a_role_can_trust_every_service_of_aws(account: Account, service: str) -> None:
    assert error_of(lambda: trust(account, Principal={"Service": service})) == ""


@pytest.mark.parametrize("identifier", EXAMPLES)
def test_a_rule_that_is_off_refuses_nothing(strict: EmulatedAws, account: Account, identifier: str) -> None:
    with strict.without_rules(identifier):
        assert f"[rule {identifier}]" not in error_of(lambda: EXAMPLES[identifier].refused(account))


def test_a_rule_that_does_not_exist_cannot_be_switched_off(strict: EmulatedAws) -> None:
    with pytest.raises(ConfigurationError, match=r"no rule 'rds\.nosuch'"), strict.without_rules("rds.nosuch"):
        pass


def test_an_error_code_that_the_service_model_is_said_to_name_is_in_it(extra: None) -> None:
    from constructs_lib.emulator.rules import RULES

    loader = Loader()  # keeps what it has read
    for rule in (rule for rule in RULES if rule.code_from == "api"):
        model = loader.load_service_model(rule.service, "service-2")
        named = {
            model["shapes"][error["shape"]].get("error", {}).get("code", error["shape"])
            for operation in rule.operations
            for error in model["operations"][operation].get("errors", [])
        }
        assert rule.code in named, rule.id


def test_the_page_lists_every_rule_with_its_code(extra: None) -> None:
    from constructs_lib.emulator.rules import RULES

    page = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text()
    listed = [line.split(" | ") for line in page.splitlines() if line.startswith("| `") and line.count(" | ") == 3]

    told = {row[0].strip("|` "): (row[2].strip("`"), row[3].strip("| ")) for row in listed}
    assert told == {rule.id: (rule.code, rule.code_from) for rule in RULES}
