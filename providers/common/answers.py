"""Answers of the provider protocol that several of its methods give."""

from providers.common.difference import Change, Kind
from providers.common.protos import provider_pb2
from providers.common.schema import Failure
from providers.common.values import Properties, to_struct

_KINDS = {
    (Kind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Kind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Kind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Kind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Kind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Kind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def checked(inputs: Properties, found: list[Failure]) -> provider_pb2.CheckResponse:
    failed = [provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in found]
    return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failed)


def difference(found: list[Change], *, delete_first: bool) -> provider_pb2.DiffResponse:
    replaces = sorted({change.name for change in found if change.replaces})
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=replaces,
        deleteBeforeReplace=delete_first and bool(replaces),
        diffs=sorted({change.name for change in found}),
        hasDetailedDiff=True,
        detailedDiff={change.path: _property_difference(change) for change in found},
    )


def _property_difference(change: Change) -> provider_pb2.PropertyDiff:
    return provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replaces])
