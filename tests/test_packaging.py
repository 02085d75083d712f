"""The installed package holds everything that the project's folders hold, and works elsewhere."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hawthorne
from hawthorne.tests.tracked import ROOT, tracked_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
NOT_INSTALLED = {".ci", "benchmarks", "docs", "tests"}


def _package_of(folder: Path) -> str:
    return ".".join(["hawthorne", *folder.parts])


def _folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def _data_files() -> set[Path]:
    """The files in the package folders that are not Python's, relative to ROOT."""
    tops = {_folder_of(package).relative_to(ROOT).parts[:1] for package in SETUPTOOLS["packages"]}
    return {
        path for path in tracked_files() if path.suffix != ".py" and path.parts[:1] in tops - {()}
    }


def test_every_package_folder_is_listed() -> None:
    found = {
        _package_of(path.parent)
        for path in tracked_files()
        if path.name == "__init__.py" and path.parts[0] not in NOT_INSTALLED
    }
    assert sorted(SETUPTOOLS["packages"]) == sorted(found)


def test_every_module_stands_in_a_package_folder() -> None:
    stray = [
        str(path)
        for path in tracked_files()
        if path.suffix == ".py"
        and path.parts[0] not in NOT_INSTALLED
        and _package_of(path.parent) not in SETUPTOOLS["packages"]
    ]
    assert stray == []


def test_every_data_file_is_package_data() -> None:
    covered = {
        path.relative_to(ROOT)
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in _folder_of(package).glob(pattern)
    }
    assert sorted(_data_files() - covered) == []
    assert Path("py.typed") in covered


def test_links_lead_to_files_of_the_project_and_never_in_circles() -> None:
    for link in (ROOT / ".ci" / "types").rglob("*"):
        if link.is_symlink():
            target = link.resolve(strict=True)
            assert target.is_relative_to(ROOT)
            assert not link.parent.is_relative_to(target)


def _constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)


def _direct() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    texts = [*PROJECT["project"]["dependencies"], *(text for extra in extras for text in extra)]
    return [Requirement(text) for text in texts]


def test_constraints_are_sorted_names_and_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []
    assert lines == sorted(lines)
    assert {"pip", "setuptools"} <= _constraints().keys()


def test_constraints_agree_with_the_declared_dependencies() -> None:
    pinned = _constraints()
    for requirement in _direct():
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_constraints_hold_every_transitive_dependency() -> None:
    """Follows what is installed: an extra that is not installed is not followed."""
    waiting, seen = _direct(), set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            needed = importlib.metadata.requires(requirement.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        waiting += [
            inner
            for inner in map(Requirement, needed)
            if inner.marker is None
            or any(inner.marker.evaluate({"extra": extra}) for extra in ["", *requirement.extras])
        ]
    assert sorted({name for name, _ in seen} - _constraints().keys()) == []


@dataclass(frozen=True)
class Installed:
    """A wheel of the project, and an environment that knows the project by this wheel alone."""

    wheel: Path
    environment: Path
    elsewhere: Path

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.elsewhere,
            env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Builds the wheel from a copy, so that nothing that an old build left behind gets into it."""
    base = tmp_path_factory.mktemp("packaging")
    source, environment = base / "source", base / "environment"
    for path in tracked_files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    pip = [sys.executable, "-m", "pip", "-q", "--isolated", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", base, source],
        check=True,
    )
    (wheel,) = base.glob("hawthorne-*.whl")
    # The dependencies are lent by a .pth file. Those of the other environment are not read through
    # it, so that its editable install of the project stays out of sight.
    venv.create(environment, with_pip=False)
    (site_packages,) = (environment / "lib").glob("python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [*pip, "--python", environment, "install", "--no-index", "--no-deps", wheel], check=True
    )
    elsewhere = base / "elsewhere"
    elsewhere.mkdir()
    return Installed(wheel=wheel, environment=environment, elsewhere=elsewhere)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(installed: Installed) -> None:
    modules = {
        path
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] not in NOT_INSTALLED
    }
    expected = {f"hawthorne/{path.as_posix()}" for path in modules | _data_files()}
    expected.add("hawthorne/py.typed")
    with zipfile.ZipFile(installed.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.slow
def test_the_installed_package_is_the_one_that_runs(installed: Installed) -> None:
    code = "import hawthorne; print(hawthorne.__file__, hawthorne.__version__)"
    file, version = installed.run("python", "-c", code).split()
    assert Path(file).is_relative_to(installed.environment)
    assert version == hawthorne.__version__


@pytest.mark.slow
def test_the_command_starts_outside_the_project(installed: Installed) -> None:
    assert "scenarios" in installed.run("hawthorne", "--help")
    assert "scenarios" in installed.run("python", "-m", "hawthorne", "--help")


@pytest.mark.slow
def test_the_scenarios_are_installed_and_valid(installed: Installed) -> None:
    (library,) = installed.environment.glob("lib/*/site-packages/hawthorne/*/library")
    files = sorted(library.glob("*.yaml"))
    listed = json.loads(installed.run("hawthorne", "scenarios", "list", "--json"))
    assert len(listed) == len(files) > 0
    installed.run("hawthorne", "scenarios", "validate", *map(str, files))
