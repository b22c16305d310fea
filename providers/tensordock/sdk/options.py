"""Resource options that hold for every resource of this provider."""

import pulumi


def deleted_first(options: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The options with `delete_before_replace`. Raises ValueError where they say the opposite.

    The name is the key of a resource, and its replacement has the same: made first, it would be the old one.
    """
    if options is not None and options.delete_before_replace is False:
        raise ValueError("delete_before_replace=False: a TensorDock resource is always deleted before it is replaced")
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(delete_before_replace=True))
