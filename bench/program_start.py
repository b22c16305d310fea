"""What every run of the program pays before its first resource: `python -m bench.program_start STACK [--nameless]`.

Imports the SDK, as the language host does first; executes __main__.py but for its last statement, the call of main();
then reads the stack's file and plans it. Where the stack has public names it also imports what those need, but with
--nameless: as if it had none.
"""

import ast
import re
import sys
from pathlib import Path

import pulumi  # noqa: F401 - see above

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "__main__.py"


def without_its_call(source: str) -> ast.Module:
    """The program's imports and definitions. Raises ValueError when its last statement is not the call of main()."""
    tree = ast.parse(source)
    if ast.unparse(tree.body[-1]) != "main()":
        raise ValueError("the program no longer ends with the call of main()")
    return ast.Module(tree.body[:-1], [])


def edge_parts() -> set[str]:
    """Names of the Cloudflare SDK that the components use, as their text says."""
    texts = (file.read_text(encoding="utf-8") for file in (ROOT / "components").glob("*.py"))
    return {name for text in texts for name in re.findall(r"\bcloudflare\.([A-Za-z_]\w+)", text)}


def main(stack: str, *, nameless: bool) -> None:
    """Raises SettingsError when the stack cannot be planned."""
    exec(compile(without_its_call(PROGRAM.read_text(encoding="utf-8")), PROGRAM, "exec"), {"__name__": "program"})
    # Imported here, so that the program is the first to import what it needs.
    from planning.build import build  # noqa: PLC0415
    from settings.stack_file import read  # noqa: PLC0415
    from toolchain.image_references import references  # noqa: PLC0415

    parsed = read(ROOT, stack)
    plan = build(parsed.without_secrets(), references(parsed.environment.images.source))
    if plan.environment.routes and not nameless:
        import components.edge  # noqa: F401, PLC0415
        from components.cloudflare_sdk import cloudflare  # noqa: PLC0415

        for name in edge_parts():
            getattr(cloudflare, name)


if __name__ == "__main__":
    main(sys.argv[1], nameless="--nameless" in sys.argv)
