"""The part of the provider protocol that concerns the plugin as a whole: handshake, configuration, functions.

Methods that a stand-in never gets (components, parameterized packages, mappings) stay unimplemented, which the
engine takes for "does not have it".
"""

import json
import threading

import grpc
from google.protobuf import empty_pb2
from typing_extensions import override

from providers.common.answers import checked, difference
from providers.common.difference import Change, Kind
from providers.common.failure import reported
from providers.common.protos import plugin_pb2, provider_pb2, provider_pb2_grpc
from providers.common.resource import Provider
from providers.common.secrets import contains_unknown, plain
from providers.common.values import from_struct, to_struct


class PluginServicer(provider_pb2_grpc.ResourceProviderServicer):
    """One plugin process serves one provider configuration."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._cancelled = threading.Event()

    @override
    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_outputs=True)

    @override
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._provider.version)

    @override
    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        resources: dict[str, object] = {token: {} for token in self._provider.resources}
        schema = {"name": self._provider.name, "version": self._provider.version, "resources": resources}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @override
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        found = list(self._provider.failures(plain(from_struct(request.news))))
        return checked(from_struct(request.news), found)

    @override
    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """A changed configuration is an update in place: resources keep their provider."""
        old, new = plain(from_struct(request.olds)), plain(from_struct(request.news))
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        return difference([Change(name, Kind.UPDATE, replaces=False) for name in names], delete_first=False)

    @override
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        configuration = from_struct(request.args)
        with reported(context, configuration):
            self._provider.configure(plain(configuration))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptOutputs=True, supportsPreview=True)

    @override
    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        arguments = from_struct(request.args)
        if contains_unknown(arguments):
            return provider_pb2.InvokeResponse()
        with reported(context, arguments):
            answer = self._provider.invoke(request.tok, plain(arguments))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Lets operations that wait give up; an operation in the middle of a change finishes it."""
        self._cancelled.set()
        return empty_pb2.Empty()
