"""Fused attention taken apart, so that its weights stand in a multiplication of their own and can be quantised."""

import onnx
from onnx import TensorProto, helper

FUSED = "com.microsoft"


def split_attention(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replaces ONNX Runtime's Attention by MatMul, Split and MultiHeadAttention, in place; needs no weights."""
    sizes = {constant.name: list(constant.dims) for constant in model.graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        # Inputs beyond the mask are a past and biases, which encoders have none of.
        if node.op_type == "Attention" and node.domain == FUSED and len(node.input) <= 4 and node.input[1] in sizes:
            nodes += _parts(model, node, sizes[node.input[1]][1] // 3)
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _parts(model: onnx.ModelProto, node: onnx.NodeProto, width: int) -> list[onnx.NodeProto]:
    value, weight, bias, *mask = node.input
    target = node.output[0]
    heads = next(attribute.i for attribute in node.attribute if attribute.name == "num_heads")
    widths, parts = f"{target}.widths", [f"{target}.{part}" for part in ("query", "key", "value")]
    model.graph.initializer.append(helper.make_tensor(widths, TensorProto.INT64, [3], [width] * 3))
    return [
        helper.make_node("MatMul", [value, weight], [f"{target}.packed"]),
        helper.make_node("Split", [f"{target}.packed", widths], parts, axis=-1),
        helper.make_node("MultiHeadAttention", [*parts, bias, *mask], [target], domain=FUSED, num_heads=heads),
    ]
