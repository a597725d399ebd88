"""A vendor beside the others: nothing but its own folder or package knows of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import mockserver
from mockserver.app import choose_vendors, known_vendors
from tests.dispatch.cups import client, cups
from tests.dispatch.toys import Make


def test_another_vendor_is_served_beside_the_others(make: Make) -> None:
    world = make(*known_vendors().values())
    with client(world) as shop:
        assert [cup["name"] for cup in shop.get("/cups/v1/cups?size=1").json()["cups"]] == ["tall", "small"]
        admin = shop.get("/__admin/vendors").json()["vendors"]
        assert {"cups", *known_vendors()} == {vendor["name"] for vendor in admin}
        for vendor in world.apis:
            assert shop.post(f"{vendor.contract.base_path}/nowhere").status_code in (401, 403, 404)


def test_another_package_may_register_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real distribution on the path, as an installer would leave it."""
    described = tmp_path / "cup_shop-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: cup-shop\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[mockserver.vendors]\ncups = cup_shop:VENDOR\n")
    monkeypatch.setitem(sys.modules, "cup_shop", SimpleNamespace(VENDOR=cups(tmp_path, {})))
    assert "cups" not in known_vendors()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [vendor.name for vendor in choose_vendors(["cups"])] == ["cups"]
    assert "cups" in {vendor.name for vendor in choose_vendors([])}


def test_no_module_outside_a_vendors_folder_names_a_vendor() -> None:
    package = Path(mockserver.__file__).parent
    modules = {file: file.relative_to(package).parts for file in package.rglob("*.py")}
    for vendor in known_vendors().values():
        titles = {vendor.name, *(dialect.contract.stem for dialect in vendor.dialects)}
        pattern = re.compile("|".join(map(re.escape, titles)), re.IGNORECASE)
        others = [file for file, parts in modules.items() if parts[:2] != ("vendors", vendor.name)]
        assert len(others) > 30
        assert [str(file) for file in others if pattern.search(file.read_text())] == []
