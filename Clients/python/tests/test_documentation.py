"""The tests, versions and pages named in the documentation exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ADDRESS = "https://github.com/fusebox-dev/fusebox/blob/main/Clients/python/"
"""The address of this directory. The README is published, so its links are absolute."""


LIBRARIES = (ROOT / "docs/libraries.md").read_text()


def test_every_test_named_in_the_documentation_exists() -> None:
    sources = "".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))
    named = re.findall(r"`(test_\w+)`", README + LIBRARIES)
    assert len(named) > 80
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_versions_in_the_table_of_libraries_are_the_pinned_ones() -> None:
    files = (ROOT / "tests/pinned.txt", ROOT / "tests/pinned-all.txt")
    texts = "".join(path.read_text() for path in files)
    pinned = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==([\w.]+)(?!.*<)", texts, re.M))
    rows = re.findall(r"^\| ([\w-]+) \| (\d[\w.]*) \|", LIBRARIES, re.M)
    assert len(rows) == 32
    assert {name: version for name, version in rows} == {name: pinned[name] for name, _ in rows}


def test_every_page_is_linked_and_every_link_exists() -> None:
    linked = re.findall(rf"\]\({ADDRESS}([^)]+)\)", README)
    assert [link for link in linked if not (ROOT / link).exists()] == []
    assert {link for link in linked if link.startswith("docs/")} == {
        str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md")}
    for path in ROOT.glob("docs/*.md"):
        for link in re.findall(r"\]\(([^)]+)\)", path.read_text()):
            where = ROOT / link[len(ADDRESS):] if link.startswith(ADDRESS) else path.parent / link
            assert where.exists(), f"{path.name}: {link}"


def test_every_library_page_shows_the_install_call() -> None:
    for path in ROOT.glob("docs/*.md"):
        if path.stem not in ("libraries", "own-code", "other-languages", "running"):
            assert "fusebox_agent.install()" in path.read_text()


def test_minimal_agent_has_at_most_31_lines() -> None:
    lines = (ROOT / "minimal_agent.py").read_text().splitlines()
    assert len([line for line in lines if line.strip() and not line.startswith('"""')]) <= 31
