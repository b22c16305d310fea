"""Model folders that `export` makes, and what it refuses."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort  # type: ignore[import-untyped]
import pytest
from inference import checksums, fetch, models
from inference.__main__ import main
from inference.export import agreement, folder, quantise
from inference.export.int8_graph import Int8Graph
from inference.models import ModelError
from onnx import TensorProto, helper, numpy_helper

from tests.unit.inference.models_on_disk import write_model
from tests.unit.inference.random_bert import write_bert


@pytest.fixture
def published(tmp_path: Path) -> Path:
    write_bert(tmp_path / "published")
    return tmp_path / "published"


def test_weights_become_signed_bytes_with_a_scale_for_each_channel(published: Path, tmp_path: Path) -> None:
    folder.export(published, tmp_path / "made", ["int8"], 1)
    graph = onnx.load(tmp_path / "made" / "model_int8.onnx").graph
    constants = {constant.name: constant for constant in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == 3 * 4
    for node in products:
        weight = constants[node.input[1]]
        assert weight.data_type == TensorProto.INT8
        scale = numpy_helper.to_array(constants[weight.name.removesuffix(".int8") + ".scale"])
        assert scale.shape == (weight.dims[1],)
        assert np.abs(numpy_helper.to_array(weight)).max(axis=0).tolist() == [127] * weight.dims[1]
    assert not any(node.op_type == "MatMul" for node in graph.node)


def test_a_graph_of_plain_operators_only_is_quantised_too(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    weight, value = random.normal(size=(32, 48)).astype(np.float32), random.normal(size=(2, 5, 32)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "plain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", "sequence", 32])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "sequence", 48])],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(Int8Graph(model, {"x": np.abs(value).reshape(-1, 32).max(axis=0)}).model(), tmp_path / "int8.onnx")
    session = ort.InferenceSession(tmp_path / "int8.onnx", providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": value})
    assert np.abs(found - value @ weight).max() < 0.05 * np.abs(value @ weight).max()


@pytest.mark.parametrize(
    ("chosen", "graphs"),
    [
        ([], {"model.onnx", "model_int8.onnx"}),
        (["--precision", "fp32"], {"model.onnx"}),
        (["--precision", "int8"], {"model_int8.onnx"}),
    ],
)
def test_the_command_writes_a_folder_that_loads_and_records_its_checksums(
    published: Path, tmp_path: Path, chosen: list[str], graphs: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    assert main(["export", str(published), str(made), *chosen]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(made)
    assert {path.name for path in made.glob("*.onnx*")} == graphs
    recorded = json.loads((made / checksums.FILE).read_text())
    assert set(recorded) == graphs | {"config.json", "tokenizer.json"}
    assert main(["export", str(published), str(made)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_model_that_needs_its_own_framework_is_refused_with_the_command_that_exports_it(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "config.json").write_text(json.dumps({"model_type": "t5"}))
    assert main(["export", str(published), str(tmp_path / "made")]) == 1
    told = capsys.readouterr().err
    assert "not 't5'" in told
    assert "optimum-cli export onnx" in told
    assert not (tmp_path / "made").exists()


def test_a_quantised_graph_that_does_not_agree_is_not_kept(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "_smallest_cosine", lambda *_: 0.9)
    with pytest.raises(ModelError, match=r"agreement 0\.9000, needed 0\.99"):
        folder.export(published, tmp_path / "made", ["int8"], 1)
    assert not (tmp_path / "made").exists()


def test_weights_that_changed_on_disk_are_not_loaded(tmp_path: Path) -> None:
    made = write_model(tmp_path / "tiny")
    checksums.write(made)
    first = checksums.fingerprint(models.read("tiny", made))
    assert checksums.fingerprint(models.read("tiny", made)) == first
    (made / "model.onnx").write_bytes((made / "model.onnx").read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"model\.onnx is not what was fetched"):
        checksums.fingerprint(models.read("tiny", made))
    (made / checksums.FILE).unlink()
    assert checksums.fingerprint(models.read("tiny", made)) != first


def test_weights_in_a_file_of_their_own_are_read_and_written(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.export(published, tmp_path / "plain", ["fp32"], 1)
    source = tmp_path / "apart"
    shutil.copytree(tmp_path / "plain", source, ignore=shutil.ignore_patterns("model.onnx"))
    whole = onnx.load(tmp_path / "plain" / "model.onnx")
    onnx.save(whole, source / "model.onnx", save_as_external_data=True, location="model.onnx_data", size_threshold=0)
    monkeypatch.setattr(quantise, "ONE_FILE_BYTES", 0)
    folder.export(source, tmp_path / "made", ["fp32", "int8"], 1)
    names = {path.name for path in (tmp_path / "made").iterdir()}
    assert {"model.onnx", "model.onnx_data", "model_int8.onnx", "model_int8.onnx_data"} <= names
    made = models.read("made", tmp_path / "made", "int8")
    before = checksums.fingerprint(made)
    data = tmp_path / "made" / "model_int8.onnx_data"
    data.write_bytes(b"\1" + data.read_bytes()[1:])
    with pytest.raises(ModelError, match="model_int8"):
        checksums.fingerprint(made)
    assert before


def test_a_file_that_came_damaged_is_named_and_fetched_anew(tmp_path: Path) -> None:
    notes = tmp_path / fetch.HUB_NOTES
    notes.mkdir(parents=True)
    (tmp_path / "model.onnx").write_bytes(b"weights")
    right, wrong = hashlib.sha256(b"weights").hexdigest(), "0" * 64
    for announced in (right, wrong):
        (notes / "model.onnx.metadata").write_text(f"{'a' * 40}\n{announced}\n1.0\n")
        if announced == right:
            fetch.compare(tmp_path)
    with pytest.raises(ModelError, match=r"model\.onnx came damaged"):
        fetch.compare(tmp_path)
    assert not (tmp_path / "model.onnx").exists()
