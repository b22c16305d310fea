"""A service in several containers: the first with all that they share, the others beside it, a balancer in front.

Each replica waits for the one before it, so that an update takes them away one at a time and the others go on serving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pulumi
from pulumi import ResourceOptions

from components.service_args import ServiceContainerArgs
from components.service_container import ServiceContainer
from planning.plan import Replicas


class ReplicatedService:
    """`first` is named and made like the container of a service with one; `resources` is what has to be ready."""

    first: ServiceContainer
    resources: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        args: ServiceContainerArgs,
        replicas: Replicas,
        image_ids: Mapping[str, pulumi.Input[str]],
        opts: ResourceOptions,
    ) -> None:
        behind = replace(args, port=None, alias=replicas.alias)
        self.first = ServiceContainer(name, behind, opts=opts)
        self.resources = [self.first.resource]
        for number, container in enumerate(replicas.further, start=2):
            beside = replace(behind, container=container, held=self.first.held, after=[*args.after, self.resources[-1]])
            self.resources.append(ServiceContainer(f"{name}-{number}", beside, opts=opts).resource)
        front = replace(
            args,
            container=replicas.balancer,
            image_id=image_ids[replicas.balancer.image_name],
            files={},
            after=[*self.resources],
        )
        self.resources.append(ServiceContainer(f"{name}-balancer", front, opts=opts).resource)
