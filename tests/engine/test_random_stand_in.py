"""The random stand-in on the real engine."""

import re

from tests.engine.conftest import Engine

ALL_TYPES = """
    import pulumi
    import pulumi_random as random

    password = random.RandomPassword("password", length={length}, special=False, min_numeric=3)
    text = random.RandomString("text", length=8, upper=False, lower=False, numeric=False, override_special="+-")
    identifier = random.RandomId("identifier", byte_length=4, prefix="a-")
    number = random.RandomInteger("number", min=5, max=5)
    data = random.RandomBytes("data", length=6)
    pulumi.export("password", password.result)
    pulumi.export("bcrypt", password.bcrypt_hash)
    pulumi.export("text", text.result)
    pulumi.export("hex", identifier.hex)
    pulumi.export("number", number.result)
    pulumi.export("bytes", data.hex)
    pulumi.export("pet", random.RandomPet("pet", prefix="a").id)
    pulumi.export("uuid", random.RandomUuid("uuid", keepers={{"k": "v"}}).result)
"""


def test_values_keep_to_their_arguments_and_a_second_preview_is_empty(engine: Engine) -> None:
    engine.program(ALL_TYPES.format(length=20))
    said = engine.up()
    assert "warning" not in said.lower()
    outputs = engine.outputs()
    assert re.fullmatch(r"(?=(?:.*\d){3})[A-Za-z0-9]{20}", outputs["password"])
    assert outputs["bcrypt"].startswith("$2b$10$")
    assert re.fullmatch(r"[+-]{8}", outputs["text"])
    assert re.fullmatch(r"a-[0-9a-f]{8}", outputs["hex"])
    assert outputs["number"] == 5
    assert re.fullmatch(r"[0-9a-f]{12}", outputs["bytes"])
    assert re.fullmatch(r"a-\w+-\w+", outputs["pet"])
    assert re.fullmatch(r"[0-9a-f-]{36}", outputs["uuid"])
    engine.preview("--expect-no-changes")
    engine.refresh()
    engine.preview("--expect-no-changes")
    assert engine.outputs() == outputs
    engine.destroy()
    assert engine.resources() == {}


def test_a_password_is_a_secret_in_the_state_and_a_changed_argument_replaces_it(engine: Engine) -> None:
    engine.program(ALL_TYPES.format(length=20))
    engine.up()
    first = engine.outputs()
    assert first["password"] not in str(engine.resources())
    engine.program(ALL_TYPES.format(length=24))
    assert "+-random:index/randomPassword:RandomPassword: (replace)" in engine.preview().replace(" ", "", 1)
    engine.up()
    second = engine.outputs()
    assert len(second["password"]) == 24
    assert second["uuid"] == first["uuid"]


def test_a_length_below_the_asked_minimums_is_refused_with_the_numbers(engine: Engine) -> None:
    engine.program("""
        import pulumi_random as random

        random.RandomPassword("password", length=3, min_upper=2, min_lower=2)
    """)
    assert "length is 3, but the min* arguments ask for 4 characters" in engine.preview(check=False)
