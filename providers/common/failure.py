"""Failures as the engine expects them on the wire."""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import grpc
from google.protobuf import any_pb2

from providers.common.errors import PartialError, PluginError
from providers.common.protos import provider_pb2, status_pb2
from providers.common.schema import Field
from providers.common.secrets import hidden, mark_secrets, redacted
from providers.common.values import Properties, state_struct, to_struct

NO_FIELDS: Mapping[str, Field] = {}


@contextmanager
def reported(
    context: grpc.ServicerContext, *properties: Properties, fields: Mapping[str, Field] = NO_FIELDS
) -> Iterator[None]:
    """Reports a failure of the block to the engine, without any secret of these properties.

    The first properties are the inputs: they say which parts of a partial state are secret. `fields` say which parts
    of a secret object may be told all the same.
    """
    covered = [hidden(each, fields) for each in properties]
    try:
        yield
    except PartialError as error:
        _abort_partial(context, error, redacted(str(error), *covered), properties[0])
    except PluginError as error:
        context.abort(grpc.StatusCode.UNKNOWN, redacted(str(error), *covered))
    except Exception:  # noqa: BLE001 - the process ends here: a bug, too, must leave it without secrets
        context.abort(grpc.StatusCode.INTERNAL, redacted(traceback.format_exc(), *covered))


def _abort_partial(context: grpc.ServicerContext, error: PartialError, reason: str, inputs: Properties) -> NoReturn:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.identifier,
        properties=state_struct(mark_secrets(error.state, inputs)),
        reasons=[reason],
        inputs=to_struct(inputs),
    )
    detail = any_pb2.Any()
    detail.Pack(failed)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
