"""What we took from others stands in the tree as its manifest says, with its licence beside it."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "xinglin" / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]
NAMES = [package["name"] for package in PACKAGES]


@pytest.mark.parametrize("package", PACKAGES, ids=NAMES)
def test_every_vendored_file_is_the_one_that_was_released(package):
    for path, expected in package["files"].items():
        found = hashlib.sha256((VENDOR / path).read_bytes()).hexdigest()

        assert found == expected, f"{path} was changed by hand or by a tool; take it from {package['source']} again"


@pytest.mark.parametrize("package", PACKAGES, ids=NAMES)
def test_every_vendored_package_names_its_version_and_carries_its_licence(package):
    assert package["version"] in package["source"]
    assert package["licence"] in {"0BSD", "MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "OFL-1.1"}
    assert any(path.endswith("LICENSE.txt") for path in package["files"])


def test_no_vendored_stylesheet_asks_for_an_image_that_the_pages_refuse():
    assert [path.name for path in VENDOR.rglob("*.css") if "data:" in path.read_text(encoding="utf-8")] == []


def test_no_vendored_file_is_missing_or_extra():
    listed = {path for package in PACKAGES for path in package["files"]}

    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"manifest.json"}

    assert found == listed
