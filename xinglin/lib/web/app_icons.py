"""Draws the icons under which the site lies on a telephone: `python -m xinglin.lib.web.app_icons` from the checkout.

The drawing is the apricot of the pages. Typst makes the pictures, which are committed: a browser asks for PNG.
"""

from __future__ import annotations

from pathlib import Path

import typst

STATIC = Path(__file__).resolve().parents[2] / "static" / "img"
SIZES = {"icon-192.png": 192, "icon-512.png": 512, "apple-touch-icon.png": 180}
GROUND = "#124c35"
MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="31" cy="36" r="15" fill="#f2a24c"/>
<path d="M31 21c7 8 7 19 1.400 29" fill="none" stroke="#8a4606" stroke-width="2" stroke-linecap="round" opacity=".55"/>
<path d="M31 22.500C32.400 14 40.600 11.400 50 12.700c0 8-8.200 12.300-19 9.800z" fill="#8fd6ae"/></svg>"""


def main() -> None:
    """Write each size; the mark stays inside the middle four fifths, so that a round mask cuts nothing off."""
    source = f"""#set page(width: 100pt, height: 100pt, margin: 0pt, fill: rgb("{GROUND}"))
#image(bytes(sys.inputs.mark), format: "svg", width: 100pt)"""
    for name, size in SIZES.items():
        made = typst.compile(source.encode(), format="png", ppi=size * 72 / 100, sys_inputs={"mark": MARK})
        assert isinstance(made, bytes), "an icon has one page"
        (STATIC / name).write_bytes(made)


if __name__ == "__main__":
    main()
