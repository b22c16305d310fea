"""A plain graph to one that multiplies in eight bits.

Weights are signed, with a scale for each output channel. Activations are quantised while running, with a scale for
each token: not for the whole batch as ONNX Runtime's own dynamic quantisation does, under which a text's result would
depend on the texts that happen to run with it. Before that, channels that are large in activations and small in weights
are brought into balance (SmoothQuant, arXiv 2211.10438), which the range of eight bits needs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper, version_converter

from inference.export.activations import weighted_nodes
from inference.export.bert_graph import FUSED
from inference.inputs import Floats

OLDEST_OPSET = 13
CONVERTED_OPSET = 17
AXES_ARE_INPUTS_SINCE = 18
LARGEST = 127
MIDDLE = 128
TINY = 1e-9


class Int8Graph:
    """Rewrites `model` in place; `peaks` are the channel peaks of each weighted node's input."""

    def __init__(self, model: onnx.ModelProto, peaks: Mapping[str, Floats]) -> None:
        self._model = (
            model if _opset(model) >= OLDEST_OPSET else version_converter.convert_version(model, CONVERTED_OPSET)
        )
        if not any(item.domain == FUSED for item in self._model.opset_import):
            self._model.opset_import.append(helper.make_opsetid(FUSED, 1))
        self._peaks = peaks
        self._weights = {item.name: numpy_helper.to_array(item) for item in self._model.graph.initializer}
        self._new: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []

    def model(self) -> onnx.ModelProto:
        """The rewritten model, without the weights that nothing uses any more."""
        graph = self._model.graph
        weighted = weighted_nodes(self._model)
        users: dict[str, list[onnx.NodeProto]] = {}
        for node in weighted:
            users.setdefault(node.input[0], []).append(node)
        replaced = {node.output[0] for node in weighted}
        self._constant("int8.middle", np.array(MIDDLE, np.uint8))
        self._constant("int8.one", np.array(1, np.float32))
        self._constant("int8.step", np.array(1 / LARGEST, np.float32))
        self._constant("int8.tiny", np.array(TINY, np.float32))
        self._constant("int8.row", np.array([-1], np.int64))
        quantised: set[str] = set()
        for node in graph.node:
            if not (node.output and node.output[0] in replaced):
                self._nodes.append(node)
                continue
            value = node.input[0]
            if value not in quantised:
                quantised.add(value)
                self._quantise(value, self._balance(value, users[value]))
            self._multiply(node)
        used = {name for node in self._nodes for name in node.input}
        kept = [item for item in graph.initializer if item.name in used]
        for field, items in ((graph.node, self._nodes), (graph.initializer, kept + self._new)):
            del field[:]
            field.extend(items)  # type: ignore[arg-type]
        return self._model

    def _balance(self, value: str, nodes: list[onnx.NodeProto]) -> NDArray[np.float32]:
        """By what each channel of `value` is divided, and the weights' rows are multiplied."""
        rows = np.max([np.abs(self._weights[node.input[1]]).max(axis=1) for node in nodes], axis=0)
        balance = np.asarray(np.sqrt(np.maximum(self._peaks[value], 1e-4) / np.maximum(rows, 1e-4)), np.float32)
        self._weights[f"{value}.balance"] = balance
        return balance

    def _quantise(self, value: str, balance: NDArray[np.float32]) -> None:
        """Eight-bit numbers around MIDDLE and, for each token, the scale that gives them back."""
        channels = self._constant(f"{value}.channels", np.array([-1, len(balance)], np.int64))
        even = self._node("Mul", value, self._constant(f"{value}.even", 1 / balance))
        largest = self._largest(self._node("Abs", even))
        scale = self._node("Max", self._node("Mul", largest, "int8.step"), "int8.tiny", output=f"{value}.scale")
        rows = self._node("Reshape", scale, "int8.row")
        middles = self._node("Expand", "int8.middle", self._node("Shape", rows))
        flat = self._node("QuantizeLinear", self._node("Reshape", even, channels), rows, middles, axis=0)
        self._node("Reshape", flat, self._node("Shape", even), output=f"{value}.int8")

    def _largest(self, value: str) -> str:
        if _opset(self._model) >= AXES_ARE_INPUTS_SINCE:
            return self._node("ReduceMax", value, "int8.row", keepdims=1)
        return self._node("ReduceMax", value, axes=[-1], keepdims=1)

    def _multiply(self, node: onnx.NodeProto) -> None:
        value, name, target = node.input[0], node.input[1], node.output[0]
        weight = self._weights[name] * self._weights[f"{value}.balance"][:, None]
        scale = np.maximum(np.abs(weight).max(axis=0) / LARGEST, TINY).astype(np.float32)
        small = self._constant(f"{target}.int8", np.rint(weight / scale).astype(np.int8))
        # The fused operator takes a scale for each channel, and for the tokens only one for all: theirs come after it.
        scales = ("int8.one", self._constant(f"{target}.scale", scale))
        product = self._node("MatMulIntegerToFloat", f"{value}.int8", small, *scales, "int8.middle", domain=FUSED)
        self._node("Mul", product, f"{value}.scale", output=target)

    def _node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"int8.{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self._new.append(numpy_helper.from_array(value, name))
        return name


def _opset(model: onnx.ModelProto) -> int:
    return next(int(item.version) for item in model.opset_import if item.domain in {"", "ai.onnx"})
