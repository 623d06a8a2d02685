"""The distributions that are published, and the client installed from them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Set

import pytest
from hub import Hub

pytest.importorskip("build")
pytest.importorskip("twine")

ROOT = Path(__file__).parent.parent
NOT_PUBLISHED = ("__pycache__", "build", "dist", "*.egg-info", ".*")


def run(*line: "str | Path", **environment: str) -> str:
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in line], capture_output=True, text=True, timeout=300, env={**kept, **environment}, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("built")
    # A copy, because the build writes into the source directory.
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*NOT_PUBLISHED))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, folder / "source")
    return folder


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """A new environment with the wheel and nothing else."""
    folder = built / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    run(sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--no-index", "--no-deps",
        "--disable-pip-version-check", wheel(built))
    return folder


def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def source(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


def metadata(built: Path) -> Message:
    with zipfile.ZipFile(wheel(built)) as file:
        name = next(name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(file.read(name).decode())


def test_distributions_pass_the_strict_check_of_twine(built: Path) -> None:
    assert run(sys.executable, "-m", "twine", "check", "--strict", wheel(built), source(built)).count("PASSED") == 2


def test_metadata_names_licence_versions_and_addresses(built: Path) -> None:
    found = metadata(built)
    assert (found["Name"], found["License-Expression"], found["Requires-Python"]) == (
        "fusebox-agent", "Apache-2.0", ">=3.9")
    assert found.get_all("License-File") == ["LICENSE"]
    addresses = dict(line.split(", ") for line in found.get_all("Project-URL", []))
    assert {"Homepage", "Documentation", "Source", "Issues", "Changelog"} == set(addresses)
    classifiers = found.get_all("Classifier", [])
    for minor in range(9, 15):
        assert f"Programming Language :: Python :: 3.{minor}" in classifiers
    assert "Typing :: Typed" in classifiers


def test_packages_for_tests_are_not_published_as_extras(built: Path) -> None:
    found = metadata(built)
    assert found.get_all("Provides-Extra") == ["demo"]
    assert all("extra == " in line for line in found.get_all("Requires-Dist", []))


def test_published_description_has_no_relative_links(built: Path) -> None:
    text = metadata(built).get_payload()
    assert isinstance(text, str)
    links = re.findall(r"\]\(([^)]+)\)|^\[[^]]+\]: (\S+)|(?:href|src)=\"([^\"]+)\"", text, re.M)
    targets = ["".join(link) for link in links]
    assert len(targets) > 12
    assert [target for target in targets if not target.startswith("https://")] == []


def test_licence_is_in_both_distributions_and_equal_to_the_repositorys(built: Path) -> None:
    text = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(wheel(built)) as archive:
        assert [archive.read(name) for name in archive.namelist() if name.endswith("/LICENSE")] == [text]
    with tarfile.open(source(built)) as file:
        member = file.extractfile(f"{source(built).name[:-len('.tar.gz')]}/LICENSE")
        assert member is not None and member.read() == text
    original = ROOT.parent.parent / "LICENSE"
    if original.exists():  # It does not in an unpacked source distribution.
        assert original.read_bytes() == text


def test_source_distribution_has_every_file_of_the_project(built: Path) -> None:
    def files(folder: Path) -> Set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    with tarfile.open(source(built)) as file:
        members = {name.partition("/")[2] for name in file.getnames()}
    assert {name for name in files(built / "source") if ".egg-info" not in name} - members == set()


def test_wheel_has_only_the_package(built: Path) -> None:
    with zipfile.ZipFile(wheel(built)) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in names} == {"fusebox_agent"}
    expected = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src/fusebox_agent").rglob("*.py")}
    assert names == {*expected, "fusebox_agent/py.typed"}


def test_pip_installs_the_source_distribution(built: Path) -> None:
    run(sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "--target", built / "target", source(built))
    assert (built / "target/fusebox_agent/startup/sitecustomize.py").exists()


@pytest.mark.parametrize("line", [
    ["bin/fusebox-agent", "run", "bin/python", "work.py"], ["bin/python", "-m", "fusebox_agent", "work.py"],
    ["bin/python", "-m", "fusebox_agent", "-c", "import work; work.main()"]])
def test_installed_wheel_makes_a_program_and_its_child_agents(installed: Path, line: "list[str]") -> None:
    (installed / "tenacity.py").write_text("")
    (installed / "work.py").write_text("""
import multiprocessing, os, sys

def child():
    import fusebox_agent, tenacity
    with fusebox_agent.call("c"): pass
    assert fusebox_agent.__file__.startswith(sys.prefix)

def main():
    child()
    process = multiprocessing.get_context("spawn").Process(target=child)
    process.start()
    process.join()
    print(os.getpid(), process.pid)
    sys.exit(process.exitcode)

if __name__ == "__main__":
    main()
""")
    hub = Hub().listen()
    try:
        done = subprocess.run(
            [str(installed / line[0]), *line[1:]], cwd=installed, capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "FUSEBOX_SOCKET": hub.path})
        assert (done.returncode, done.stderr) == (0, "")
        hub.counted("c", ok=2)
        assert {hello["pid"] for hello in hub.heard("hello")} == {int(pid) for pid in done.stdout.split()}
    finally:
        hub.remove()


def test_installed_command_prints_its_version_and_usage(installed: Path, built: Path) -> None:
    assert run(installed / "bin/fusebox-agent", "--version") == f"fusebox-agent {metadata(built)['Version']}\n"
    assert run(installed / "bin/fusebox-agent", "--help").startswith("usage: fusebox-agent run COMMAND")
