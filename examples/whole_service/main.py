"""A service with all it needs in each of two Regions: image, certificate, secrets, parameters, and what others build.

In the console this is: a repository in two Regions and the registry's replication, a certificate in each with its
record, a secret with a replica, parameters typed twice, and a load balancer, a cluster and a service over them, twice.
"""

from __future__ import annotations

from constructs_lib import (
    App,
    Certificate,
    External,
    InEachRegion,
    Objective,
    Parameter,
    Registry,
    Repository,
    Secret,
    Service,
    ServiceNetwork,
    Sites,
    Workload,
)


def network(vpc: str, subnets: list[str], callers: str, tasks: str) -> ServiceNetwork:
    """A team's own network."""
    return ServiceNetwork(
        vpc_id=vpc,
        load_balancer_subnet_ids=subnets,
        load_balancer_security_group_ids=[callers],
        task_subnet_ids=subnets,
        task_security_group_ids=[tasks],
    )


def build(app: App) -> Workload:
    """A stack for each Region, and one for what is global."""
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
    shop = Workload(sites, objective=Objective(rto="4h", rpo="1h"))
    repository = Repository(shop, "web", registry=Registry(shop, "registry"))
    Service(
        shop,
        "front",
        image=repository.image("sha256:" + "0" * 64),
        port=8080,
        network=network("vpc-0a", ["subnet-0a1", "subnet-0a2"], "sg-0a1", "sg-0a2"),
        recovery_network=network("vpc-0b", ["subnet-0b1", "subnet-0b2"], "sg-0b1", "sg-0b2"),
        certificate_arn=Certificate(shop, "certificate", domain="shop.example.com", zone_id="Z0123456789ABC"),
        secrets={
            "TOKEN": Secret(shop, "token"),
            # Holds the name of a host, so that a copy would lead to the Region that failed.
            "DATABASE_URL": Secret(shop, "database-url", replicated=False),
            "LOG_LEVEL": Parameter(shop, "log-level", value="info"),
        },
        environment={
            "SEARCH": InEachRegion(
                primary="https://search.eu-west-1.example.com", recovery="https://search.eu-central-1.example.com"
            )
        },
        # The load balancer stands by; with the definitions alone, which cost less, it would be made on the day.
        pattern="at_zero",
    )
    External(
        shop,
        "search",
        rto="1h",
        rpo="15m",
        owner="search team",
        evidence="their game day of March 2027, wiki page Search/DR",
        expires="2099-03-31",
    )
    return shop


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
