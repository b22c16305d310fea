"""What this provider answers in another way than the common one."""

import json

import grpc
from typing_extensions import override

from providers.common.answers import checked
from providers.common.protos import provider_pb2
from providers.common.schema import with_defaults
from providers.common.secrets import plain
from providers.common.servicer import ProviderServicer
from providers.common.values import Secret, from_struct
from providers.tensordock.plugin.checks import creation_failures
from providers.tensordock.plugin.instance_resource import InstanceResource
from providers.tensordock.plugin.schema import package_schema


class TensorDockServicer(ProviderServicer):
    """Its own schema and checks; and a replacement always deletes first, also one that is forced from outside.

    Made first, the new machine would be the old one: both have the same name, and the name is the key.
    """

    @override
    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(package_schema()))

    @override
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        resource = self._resource(request.urn, context)
        inputs = with_defaults(from_struct(request.news), resource.fields)
        del inputs["__defaults"]
        if isinstance(inputs.get("cloudInit"), dict):
            inputs["cloudInit"] = Secret(inputs["cloudInit"])
        bare = plain(inputs)
        found = list(resource.failures(bare))
        if isinstance(resource, InstanceResource) and not request.olds.fields:
            found += creation_failures(bare)
        return checked(inputs, found)

    @override
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        answer = super().Diff(request, context)
        answer.deleteBeforeReplace = True
        return answer
