import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["edge", "models", "dispatcher"]
MODULES = [
    ROOT / "gridwarden.py",
    *(path for folder in [*PACKAGES, "tests"] for path in sorted((ROOT / folder).rglob("*.py"))),
]
MAX_LINES = 250


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_concept_that_fits_on_a_few_screens(path: Path) -> None:
    text = path.read_text("utf-8")

    assert text.count("\n") <= MAX_LINES


def test_the_layers_import_only_downwards() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_readme_with_its_decisions(package: str) -> None:
    text = (ROOT / package / "README.md").read_text("utf-8")

    assert "## Decisions" in text


def test_asking_for_help_loads_no_heavy_library() -> None:
    heavy = {"cv2", "onnxruntime", "av", "sqlalchemy", "fastapi", "torch"}
    code = f"import sys, gridwarden; print({heavy} & set(sys.modules))"

    output = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert output.strip() == "set()"


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines() if not line.startswith(".")}

    agreed = {"edge", "models", "dispatcher", "configs", "tests", "pyproject.toml", "README.md"}
    assert top == agreed | {"gridwarden.py", "Makefile", "LICENSE", "CHANGELOG.md"}
