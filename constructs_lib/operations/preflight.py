"""Before an operation begins: whether the recovery Region can take over, asked there alone, or the moment be had.

What a step would find out half-way, with the old side stopped already, is looked for here as well: names that nobody
tells, a vault without a backup, something in the place of what is to be made.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from constructs_lib.errors import RefusedError
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.check import ASSUMED, BEWARE, OK, REFUSED, Check
from constructs_lib.operations.facts import Facts, may_be_none
from constructs_lib.operations.needed import (
    facts_beforehand,
    first_looks,
    make_room,
    none_found,
    not_told,
    unexpected,
    what_is_there,
)
from constructs_lib.operations.readiness import NEEDED, instances_of, questions
from constructs_lib.operations.silence import Silence
from constructs_lib.operations.trouble import code_of, is_refusal, needs_sign_in, put_right, said, said_to
from constructs_lib.procedures import Call, Part, Role
from constructs_lib.procedures.command import search
from constructs_lib.procedures.value import carried_in, names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.plan import ComponentPlan, Plan
    from constructs_lib.procedures import Step

__all__ = ["check_preflight", "preflight", "preflight_calls"]

_TO_A_MOMENT: Final = "ToPointInTime"
_WINDOWS: Final = (
    ("source_backups", "EarliestRestorableDateTime", "LatestRestorableDateTime"),
    ("source", "EarliestRestorableTime", "LatestRestorableTime"),
)
"""What a procedure keeps of its source, and how that calls the first and the last moment that can be had."""
_WAITED: Final = "it is waited for some minutes"
_DEPLOY: Final = "see that what stands by is deployed"
_FOR_IT_ALONE: Final = "for it alone with --name {}.KEY=VALUE"
_NONE: Final = "without it nothing is recovered; see why there is none"

_KEYS: Final = frozenset({"recovery_key", "recovery_insights_key", "recovery_password_key"})
"""The names of that key, for each thing that a step encrypts with it."""


def preflight(plan: Plan, clients: Clients, silent: Silence | None = None) -> tuple[Check, ...]:
    """Return what was found; nothing for a drill.

    Args:
        plan: What is to be done.
        clients: What asks.
        silent: Regions that have not answered, which are waited for once; changed in place.
    """
    if plan.command == "drill":
        return ()
    silent = silent or Silence()
    clients = once = _Once(clients)
    together = sum(map(instances_of, plan.components))
    found: list[Check] = []
    for item in plan.components:
        found += _of_the_steps(plan, item, clients, silent)
        if plan.command == "restore":
            found += _moments(item, clients)
        elif plan.command == "failover":
            found += _checks(item, together, clients, silent)
    if plan.command == "failover" and len(plan.components) > 1:
        found = [_or_without(check) for check in found]
    if once.signed_out is not None:
        # Begun, it would be left at the first call, and keep others from beginning.
        told, fix = f"AWS does not take the credentials ({said(once.signed_out)})", put_right(once.signed_out)
        return (Check(component=plan.workload, what="credentials", state=REFUSED, found=told, fix=fix),)
    return tuple(found)


class _Once:
    """Clients that ask each question once: components share their key, their account and their quotas.

    Attributes:
        signed_out: What AWS says of credentials that have expired; after that it is asked nothing. None: it takes them.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._replies: dict[str, Mapping[str, Any]] = {}
        self.signed_out: Exception | None = None

    @property
    def simulated(self) -> bool:
        return self._clients.simulated

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        """Return the reply to the same question; what was refused, or not answered, is asked again."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        question = json.dumps([service, operation, region, parameters], sort_keys=True, default=str)
        if self.signed_out is not None:
            raise self.signed_out
        if question not in self._replies:
            try:
                reply = self._clients.call(service, operation, region, parameters, changes=changes)
            except (BotoCoreError, ClientError) as error:
                # Without any a plan can be shown all the same; and HEAD has one answer for more than that.
                if needs_sign_in(error) and not isinstance(error, NoCredentialsError) and code_of(error) != "400":
                    self.signed_out = error
                raise
            self._replies[question] = reply
        return self._replies[question]

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page, as any client."""
        return self._clients.page(service, operation, region, parameters)

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Call, as any client."""
        return self._clients.call_briefly(service, operation, region, parameters)


def _or_without(check: Check) -> Check:
    """Return *check* with the way that is left where nothing helps: one component keeps no other from moving."""
    if check.state != REFUSED:
        return check
    return replace(check, fix=f"{check.fix}, or move the others with --without {check.component}")


def _of_the_steps(plan: Plan, item: ComponentPlan, clients: Clients, silent: Silence) -> Iterator[Check]:
    """Yield what keeps the steps of *item* from their end, as far as it can be told before the first of them."""
    missing = not_told(item)
    if missing is not None:
        yield Check(
            component=item.name, what="names", state=REFUSED, found=missing, fix=_FOR_IT_ALONE.format(item.name)
        )
        return
    facts = facts_beforehand(item, clients)
    # On the way home what is looked at changes with the steps.
    looks = () if plan.command == "failback" else first_looks(item)
    for step in looks:
        found = tuple(_tried(item, "look", step, facts, silent, clients, partial(_look, item, step, facts, clients)))
        yield from found
        if any(check.state != OK for check in found):
            break  # what the next one asks about is what this one finds
    for step in item.steps:
        yield from _tried(
            item, "taken", step, facts, silent, clients, partial(_taken, plan.command, item, step, facts, clients)
        )


def _tried(
    item: ComponentPlan,
    what: str,
    step: Step,
    facts: Facts,
    silent: Silence,
    clients: Clients,
    ask: Callable[[], Check | None],
) -> Iterator[Check]:
    """Yield what *ask* finds of *step*; what nobody answers is assumed, and a Region that is silent not asked again."""
    from botocore.exceptions import BotoCoreError, ClientError

    title = facts.text(step.title)
    region = None if step.call is None else facts.region(step.call.region)
    if region in silent:
        return
    try:
        found = ask()
    except (BotoCoreError, ClientError, RefusedError) as error:
        found = _unanswered(item, what, title, region, error, silent, clients)
    else:
        if region is not None:
            silent.note(region, None)
    if found is not None:
        yield found


def _unanswered(
    item: ComponentPlan,
    what: str,
    subject: str,
    region: str | None,
    error: Exception,
    silent: Silence,
    clients: Clients,
) -> Check:
    """Return what an error says of *subject*: AWS has refused to find it, or nobody has told."""
    if isinstance(error, RefusedError) or is_refusal(error):
        found = f"{subject}: {error if isinstance(error, RefusedError) else said(error)}"
        return Check(component=item.name, what=what, state=REFUSED, found=found, fix=_DEPLOY)
    if region is not None:
        silent.note(region, error)
    return Check(
        component=item.name, what=what, state=ASSUMED, found=f"{subject} cannot be asked ({said_to(error, clients)})"
    )


def _look(item: ComponentPlan, step: Step, facts: Facts, clients: Clients) -> Check:
    """Return what a step finds that others rest on."""
    assert step.call is not None
    asked, title = facts.asked(step.call), facts.text(step.title)
    reply = clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
    word = unexpected(step, reply)
    if word is not None:
        # It may pass: tasks are replaced, a table is changed.
        return Check(component=item.name, what="look", state=BEWARE, found=f"{title}: AWS says {word}", fix=_WAITED)
    told = []
    for name, query in step.keeps.items():
        value = search(facts.query(query), reply)
        if value is None and not may_be_none(name):
            found = none_found(step, facts, asked)
            return Check(component=item.name, what="look", state=REFUSED, found=found, fix=_NONE)
        facts.keep(name, value)
        told += [value] if isinstance(value, str) else []
    found = f"{title}{': ' if told else ''}{', '.join(told)}"
    return Check(component=item.name, what="look", state=OK, found=found)


def _taken(command: str, item: ComponentPlan, step: Step, facts: Facts, clients: Clients) -> Check | None:
    """Return what stands in the place of what a step makes; None: nothing."""
    word = what_is_there(step, facts, clients)
    if word is None:
        return None
    found = f"{facts.text(step.title)}: what is there already ({word}) was not made by this operation"
    return Check(component=item.name, what="taken", state=REFUSED, found=found, fix=make_room(step, facts, command))


def check_preflight(checks: Sequence[Check]) -> None:
    """Refuse where the recovery Region cannot take over, or a moment cannot be had.

    Raises:
        RefusedError: If a check says so.
    """
    refused = [f"{item.component}: {item.found}; {item.fix}" for item in checks if item.state == REFUSED]
    if refused:
        raise RefusedError("; ".join(refused))


def preflight_calls(plan: Plan) -> Iterator[Call]:
    """Yield the calls that the checks make."""
    if plan.command == "failover":
        for item in plan.components:
            for _, calls, _ in questions(item, 0):
                yield from calls


def _checks(item: ComponentPlan, together: int, clients: Clients, silent: Silence) -> Iterator[Check]:
    from botocore.exceptions import BotoCoreError, ClientError

    for what, calls, judge in questions(item, together):
        facts = Facts(item.names, item.declared, {}, clients)
        region = facts.region(Role.RECOVERY)
        if region in silent:
            yield Check(component=item.name, what=what, state=ASSUMED, found=f"the {what}: {region} does not answer")
            continue
        try:
            replies = []
            for call in calls:
                asked = facts.asked(call)
                replies.append(
                    clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
                )
        except (BotoCoreError, ClientError, RefusedError) as error:
            found = _unanswered(item, what, f"the {what}", region, error, silent, clients)
            # What serves already may be encrypted with a key that has lost its alias.
            needed = what != "key" or any(_KEYS & set(names_in(call.parameters)) for call in _calls(item))
            if not needed:
                found = replace(found, state=ASSUMED, fix=None)
            yield replace(found, state=BEWARE, fix=NEEDED[what]) if found.fix and what in NEEDED else found
        else:
            silent.note(region, None)
            yield judge(item, *replies)
    untold = _untold(item, clients) if item.existing else ()
    if untold:
        yield Check(
            component=item.name,
            what="settings",
            state=BEWARE,
            found=f"nobody tells {', '.join(untold)} of it while {item.names.get('region')} is lost: it comes with "
            f"what RDS keeps in its backups, and else with the defaults of RDS",
            fix="declare them with restored_with=, or set them once it is there",
        )
    if instances_of(item):
        yield Check(
            component=item.name,
            what="capacity",
            state=ASSUMED,
            found=f"that {item.names.get('recovery_region')} has an instance of the class free: no call tells it",
        )


def _untold(item: ComponentPlan, clients: Clients) -> tuple[str, ...]:
    """Return the settings that the steps would carry over, and that are declared nowhere, by Terraform's arguments."""
    facts = Facts(item.names, item.declared, {}, clients)
    settings = (
        carried
        for step in item.steps
        if step.part is Part.ACT and step.call is not None
        for carried in carried_in(dict(step.call.parameters))
    )
    return tuple(
        sorted(
            {
                one.argument
                for one in settings
                # What is within a block is for those that have it; what else can be given is asked for.
                if one.argument.isidentifier() and not one.name and facts.carried(one) is None
            }
        )
    )


def _calls(item: ComponentPlan) -> Iterator[Call]:
    """Yield the calls that the steps of *item* make."""
    return (call for step in item.steps for call in step.calls())


def _moments(item: ComponentPlan, clients: Clients) -> Iterator[Check]:
    """Yield whether the moment lies where AWS restores to; by the calls that the procedure makes as well."""
    from botocore.exceptions import BotoCoreError, ClientError

    calls = [step.call for step in item.steps if step.call is not None]
    moment = moment_of(item.names.get("moment"))
    if moment is None or not any(call.operation.endswith(_TO_A_MOMENT) for call in calls):
        return
    facts = Facts(item.names, item.declared, {}, clients)
    for kept, first, last in _WINDOWS:
        for step in item.steps:
            if step.call is None or kept not in step.keeps:
                continue
            try:
                asked = facts.asked(step.call)
                reply = clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
            except (BotoCoreError, ClientError, RefusedError) as error:
                found = f"that {item.names['moment']} can be restored to ({said(error)})"
                yield Check(component=item.name, what="moment", state=ASSUMED, found=found)
                return
            source = search(step.keeps[kept], reply) or {}
            ends = [moment_of(source.get(name)) for name in (first, last)]
            if any(ends):
                yield _moment(item, moment, *ends)
                return


def _moment(item: ComponentPlan, moment: datetime, first: datetime | None, last: datetime | None) -> Check:
    early, late = first is not None and moment < first, last is not None and moment > last
    window = " ".join(
        f"{word} {end.isoformat(timespec='seconds')}"
        for word, end in (("from", first), ("to", last))
        if end is not None
    )
    if early or late:
        return Check(
            component=item.name,
            what="moment",
            state=REFUSED,
            found=f"{item.names['moment']} cannot be restored to: AWS has {item.name} {window}",
            fix="give a moment from there with --to-time, or `latest`",
        )
    found = f"{item.names['moment']} can be restored to: AWS has {item.name} {window}"
    return Check(component=item.name, what="moment", state=OK, found=found)
