"""One alarm in each Region for all that puts the recovery at risk."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.built_alarm import BuiltAlarm
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.site import region_as_id
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs.watching import COMPOSITE_ALARM
from constructs_lib.refusal import check_type
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.constructs.sites.site import Site

_OR = " OR "
_DIGEST = 8


class RecoveryAtRisk(Construct):
    """A composite alarm in each Region that rings while any alarm there tells that a recovery would break the promise.

    ```python
    RecoveryAtRisk(shop, "at-risk")
    ```

    Copies that fall behind, replication that fails, backups that are late, a standby that does not answer: each has an
    alarm of its own, and one of them is easily taken for noise. This one has a single meaning: *were the Region lost
    now, less would come back than was promised*. What tells that a Region or an endpoint is lost is not in it.

    Whatever is built over the workload's sites counts, before this construct or after. An alarm more or less replaces
    it, under a name that ends otherwise: CloudWatch deletes no alarm that another is made of. Each stack has its own:
    alarms of the global stack on something in a Region, as of a file system's replication, get a second one there.

    Args:
        workload: The workload.
        id: Construct id.
        tags: Extra tags.

    Attributes:
        alarms: The `aws_cloudwatch_composite_alarm`, in the order they were needed; none without monitoring.

    Raises:
        ConfigurationError: If there is no workload, or the id cannot be one.
    """

    def __init__(self, workload: Workload, id: str, *, tags: Mapping[str, str] | None = None) -> None:
        check_type(workload, Workload, f"the workload of {id!r}, which tells of risks,", "a Workload")
        sites = workload.sites
        check_component_name(sites, id, "composite alarm")
        own_tags = checked_tags(tags, f"composite alarm {id!r}", {"recovery:workload": sites.name})

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.alarms: list[AwsResource] = []
        for site in sites.all:
            _OfStack(self, site, id, {**site.tags, **own_tags})


class _Composite:
    """One composite alarm, and what its rule has room for.

    Its name ends in a digest of the names of its alarms, and so Terraform replaces it when they change: the old one is
    gone before an alarm of it goes. An update in place would come after that, and CloudWatch refuses to delete an alarm
    that a composite alarm names.
    """

    def __init__(self, alarm: AwsResource, name: str) -> None:
        self._alarm = alarm
        self._name = name
        self._names: list[str] = []
        self._conditions: list[str] = []
        self._size = 0

    def has_room(self, size: int) -> bool:
        most, longest = limit("cloudwatch.composite_alarms").most or 0, limit("cloudwatch.alarm_rule").most or 0
        return len(self._conditions) < most and self._size + size <= longest

    def add(self, condition: str, size: int, name: str) -> None:
        self._conditions.append(condition)
        self._names.append(name)
        self._size += size
        digest = sha256("\n".join(sorted(self._names)).encode()).hexdigest()[:_DIGEST]
        self._alarm.override("alarm_name", fitted_name(f"{self._name}-{digest}", limit("cloudwatch.alarm_name").most))
        self._alarm.override("alarm_rule", _OR.join(self._conditions))


class _OfStack:
    """The composite alarms of one site's stack: one for each Region with such alarms, and more where one is full."""

    def __init__(self, whole: RecoveryAtRisk, site: Site, id: str, tags: Mapping[str, str]) -> None:
        self._whole = whole
        self._site = site
        self._id = id
        self._tags = tags
        self._scope: Construct | None = whole if site.role == "primary" else None
        self._full: dict[str, int] = {}
        self._open: dict[str, _Composite] = {}
        site.tell(self._add_all)

    def _add_all(self, built: Iterable[object]) -> None:
        for item in built:
            if isinstance(item, BuiltAlarm) and item.at_risk:
                self._add(item)

    def _add(self, built: BuiltAlarm) -> None:
        region = built.watched.region
        condition = f'ALARM("{built.resource.here("alarm_name")}")'
        # By the name that a reference stands for, not by the reference.
        size = (
            len(_OR) + len('ALARM("")') + (len(built.name) if built.name else limit("cloudwatch.alarm_name").most or 0)
        )
        last = self._open.get(region)
        if last is None or not last.has_room(size):
            last = self._open[region] = self._made(built, condition)
        last.add(condition, size, built.name or built.resource.friendly_unique_id)

    def _made(self, built: BuiltAlarm, rule: str) -> _Composite:
        site, watched = self._site, built.watched
        if self._scope is None:
            self._scope = part(site.scope, self._id)
        number = self._full[watched.region] = self._full.get(watched.region, 0) + 1
        own, more = site is watched, "" if number == 1 else f"-{number}"
        topic = site.alarm_topic_arn_of(watched)
        name = f"{site.name}-{self._id}{'' if own else '-links'}{more}"
        made = AwsResource(
            self._scope,
            f"{'Default' if own else f'LinksOf{region_as_id(watched.region)}'}{more}",
            "aws_cloudwatch_composite_alarm",
            {
                "alarm_name": name,
                "alarm_description": f"were a Region lost now, {site.name} would come back with less than was "
                f"promised, or later: look at the alarms of which this one is made",
                "alarm_rule": rule,
                "alarm_actions": [topic],
                "ok_actions": [topic],
                "tags": self._tags,
            },
            provider=site.provider_in(watched.region),
        )
        self._whole.alarms.append(made)
        site.count(COMPOSITE_ALARM, watched.region)
        site.note(BuiltAlarm(resource=made, name=None, site=site, watched=watched, at_risk=False))
        return _Composite(made, name)
