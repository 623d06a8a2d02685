from __future__ import annotations

from conftest import hub  # noqa: F401 - a fixture of these tests too
