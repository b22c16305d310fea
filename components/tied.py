"""What stands on a machine that may be replaced: it goes with the machine, and is made anew on the next one."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from providers.tensordock.sdk import Instance


def tied_to(machine: Instance) -> ResourceOptions:
    """Options for a component whose resources, at any depth, stand on the machine.

    Nothing of them is taken down when the machine goes, so that nobody has to log in to one that is off or gone. Docker
    knows its engine by a name that stays, and would take containers of the old machine for those of the new one.
    """

    def tie(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(args.resource, pulumi.CustomResource) or isinstance(args.resource, pulumi.ProviderResource):
            return None
        tied = ResourceOptions(deleted_with=machine, replacement_trigger=machine.instance_id)
        return pulumi.ResourceTransformationResult(props=args.props, opts=ResourceOptions.merge(args.opts, tied))

    return ResourceOptions(transformations=[tie])
