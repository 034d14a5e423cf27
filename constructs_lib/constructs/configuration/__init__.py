"""What a service is given in each Region; none of it is a component, since it holds no data of the workload."""

from __future__ import annotations
