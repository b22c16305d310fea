"""The part of the provider protocol that concerns resources, answered by the resources of a `Provider`.

Owns the translation of requests; leaves all work to the resources.
"""

import grpc
from google.protobuf import empty_pb2, struct_pb2
from typing_extensions import override

from providers.common.answers import checked, difference
from providers.common.failure import reported
from providers.common.naming import with_name
from providers.common.plugin_servicer import PluginServicer
from providers.common.protos import provider_pb2
from providers.common.resource import Call, Resource
from providers.common.schema import failures, with_defaults
from providers.common.secrets import mark_secrets, plain
from providers.common.values import Properties, from_struct, state_struct, to_struct


class ProviderServicer(PluginServicer):
    """Check, Diff, Create, Read, Update and Delete; the resource type is told by the URN."""

    @override
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        resource = self._resource(request.urn, context)
        inputs = with_defaults(from_struct(request.news), resource.fields)
        if resource.named_by is not None:
            previous = from_struct(request.olds)
            inputs = with_name(inputs, resource.named_by, request.urn, request.randomSeed, previous)
        bare = plain(inputs)
        return checked(inputs, [*failures(bare, resource.fields), *resource.failures(bare)])

    @override
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        resource = self._resource(request.urn, context)
        state, inputs = plain(from_struct(request.olds)), plain(from_struct(request.news))
        found = resource.changes(state, inputs, list(request.ignoreChanges))
        return difference(found, delete_first=resource.deleted_first(state, inputs))

    @override
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        resource = self._resource(request.urn, context)
        inputs = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=_planned(resource, inputs, {}))
        with reported(context, inputs, fields=resource.fields):
            made = resource.create(plain(inputs), self._call(request.urn, request.timeout))
            state = mark_secrets(made.state, inputs)
        return provider_pb2.CreateResponse(id=made.identifier, properties=state_struct(state))

    @override
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        resource = self._resource(request.urn, context)
        old, inputs = from_struct(request.properties), from_struct(request.inputs)
        with reported(context, inputs, old, fields=resource.fields):
            found = resource.read(request.id, plain(old), self._call(request.urn))
        if found is None:
            return provider_pb2.ReadResponse()
        state = mark_secrets(mark_secrets(found.state, old), inputs)
        imported = {name: value for name, value in state.items() if name in resource.fields}
        return provider_pb2.ReadResponse(
            id=found.identifier, properties=state_struct(state), inputs=to_struct(inputs or imported)
        )

    @override
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        resource = self._resource(request.urn, context)
        old, inputs = from_struct(request.olds), from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=_planned(resource, inputs, old))
        with reported(context, inputs, old, fields=resource.fields):
            call = self._call(request.urn, request.timeout)
            state = resource.update(request.id, plain(old), plain(inputs), call)
        return provider_pb2.UpdateResponse(properties=state_struct(mark_secrets(state, inputs)))

    @override
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        resource = self._resource(request.urn, context)
        old = from_struct(request.properties)
        with reported(context, old, fields=resource.fields):
            resource.delete(request.id, plain(old), self._call(request.urn, request.timeout))
        return empty_pb2.Empty()

    def _call(self, urn: str, timeout: float = 0) -> Call:
        return Call(urn, timeout or None, self._cancelled)

    def _resource(self, urn: str, context: grpc.ServicerContext) -> Resource:
        token = urn.split("::")[2].rpartition("$")[2]
        if token not in self._provider.resources:
            known = ", ".join(sorted(self._provider.resources))
            text = f"{urn}: the stand-in for the {self._provider.name} plugin has no {token}; it has {known}"
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)
        return self._provider.resources[token]


def _planned(resource: Resource, inputs: Properties, old: Properties) -> struct_pb2.Struct:
    return state_struct(mark_secrets(resource.planned(plain(inputs), plain(old)), inputs))
