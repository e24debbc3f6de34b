"""Lay Binzhou's tree out and scatter its invented points, once: `python demo/binzhou/lay_out.py`.

Counties and townships are real; that each has a health centre and a team of this name is made up, and every point.
"""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CITY = "371600"
# The seven sub-teams by kind of service, with what two of them are known for.
SUB_TEAMS = {
    "文明新风志愿服务队": "civility",
    "心理支持志愿服务队": "psychology",
    "便民服务志愿服务队": "convenience",
    "健康扶贫志愿服务队": "poverty",
    "计生家庭帮扶志愿服务队": "families",
    "爱国卫生志愿服务队": "hygiene",
    "综合服务志愿服务队": "other",
}
BRANDS = {
    "心理支持志愿服务队": (
        "黄河岸边一盏灯",
        "孟大夫",
        "夜里睡不着的人打来电话，总有人接。从三个人到四十人排班。",
    ),
    "便民服务志愿服务队": ("家门口的十五分钟", "老耿", "量血压、剪指甲、修拐杖，把诊桌摆到大集上去。"),
}
CITY_HOUSES = (
    ("滨州市人民医院", "hospital", "市人民医院志愿服务队"),
    ("滨州市中医医院", "hospital", "市中医医院志愿服务队"),
    ("滨州市妇幼保健院", "hospital", "市妇幼保健院志愿服务队"),
    ("滨州市疾病预防控制中心", "institution", "市疾病预防控制中心志愿服务队"),
    ("滨州市中心血站", "institution", "市中心血站志愿服务队"),
    ("滨州市急救指挥中心", "institution", "市急救指挥中心志愿服务队"),
)
PARTNERS = (
    ("滨州院校合作基地", "college"),
    ("滨州慈善义工联合会", "charity"),
    ("黄河三角洲爱心企业联盟", "firm"),
)
VILLAGES = ("杏林村", "甘泉村")  # invented; in the first two towns of each county
CLOSEST = 0.02  # degrees from one township's point to the next


def main() -> None:
    """Write `units.json` and `points.json`."""
    divisions = json.loads((HERE / "townships.json").read_text(encoding="utf-8"))
    outline = json.loads((HERE / "outline.geojson").read_text(encoding="utf-8"))["geometry"]["coordinates"]
    _write("units.json", _tree(divisions))
    note = "虚构的示意点（WGS-84）：每个乡镇街道一个，落在本县区界内，不是政府驻地，也不是任何机构的位置。"
    note += "Invented points, one for each township, inside its county's outline: no seat and no real institution."
    _write("points.json", {"note": note, "points": _points(divisions, outline)})


def _tree(divisions: dict[str, Any]) -> dict[str, Any]:
    association = _unit("滨州市卫生健康志愿者协会", "association", below=[_sub_team(*one) for one in SUB_TEAMS.items()])
    association["below"] += [_unit(name, kind) for name, kind in PARTNERS]
    houses = [_unit(name, kind, below=[_unit(team, "team")]) for name, kind, team in CITY_HOUSES]
    houses[0]["below"] += [_unit("市人民医院门诊志愿服务站", "station"), _unit("市人民医院机关党支部", "party_branch")]
    counties = [_county(code, name, divisions["townships"]) for code, name in divisions["counties"].items()]
    return _unit("滨州市卫生健康委员会", "bureau", CITY, below=[association, *houses, *counties])


def _sub_team(name: str, service: str) -> dict[str, Any]:
    team = {**_unit(name, "team"), "service": service}
    if name in BRANDS:
        brand, leader, story = BRANDS[name]
        team["brands"] = [{"name": brand, "leader": leader, "story": story}]
    return team


def _county(code: str, name: str, townships: dict[str, str]) -> dict[str, Any]:
    own = {town: its for town, its in townships.items() if its.startswith(code)}
    hospital = _unit(f"{name}人民医院", "hospital", below=[_unit(f"{name}人民医院志愿服务队", "team")])
    brigade = _unit(f"{name}卫生健康志愿服务大队", "brigade", below=[_unit(f"{name}健康宣教志愿服务队", "team")])
    towns = [town for town in own if town.endswith("镇")]
    centres = [_health_centre(town, its, has_clinic=town in towns[:2]) for town, its in own.items()]
    return _unit(f"{name}卫生健康局", "bureau", code, below=[hospital, brigade, *centres])


def _health_centre(town: str, code: str, *, has_clinic: bool) -> dict[str, Any]:
    kind = "社区卫生服务中心" if town.endswith("街道") else "卫生院"
    centre = _unit(f"{town}{kind}", "health_centre", code, below=[_unit(f"{town}志愿服务队", "team")])
    if has_clinic:
        village = f"{town}{VILLAGES[int(code[5]) % 2]}"
        team = {**_unit(f"{village}志愿服务队", "team"), "level": "village"}
        centre["below"].append({**_unit(f"{village}卫生室", "village_clinic", below=[team]), "level": "village"})
    return centre


def _unit(name: str, kind: str, code: str = "", *, below: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    unit: dict[str, Any] = {"name": name, "kind": kind}
    if code:
        unit["division_code"] = code
    return unit | ({"below": below} if below else {})


def _points(divisions: dict[str, Any], outline: list[Any]) -> dict[str, list[float]]:
    """A point in the township's county, no two too close; the same ones each time."""
    rings = dict(zip(divisions["counties"], (polygon[0] for polygon in outline), strict=True))
    chance, points = random.Random("滨州"), {}
    for town, code in divisions["townships"].items():
        points[town] = _point(rings[code[:6]], list(points.values()), chance)
    return points


def _point(ring: list[list[float]], others: list[list[float]], chance: random.Random) -> list[float]:
    longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
    for _ in range(10_000):
        x, y = chance.uniform(min(longitudes), max(longitudes)), chance.uniform(min(latitudes), max(latitudes))
        is_apart = all(abs(x - other[1]) + abs(y - other[0]) > CLOSEST for other in others)
        if is_apart and _holds(ring, x, y):
            return [round(y, 3), round(x, 3)]
    raise SystemExit("there is no room left in a county")


def _holds(ring: list[list[float]], x: float, y: float) -> bool:
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y):
            crossings += x < x1 + (x2 - x1) * (y - y1) / (y2 - y1)
    return crossings % 2 == 1


def _write(name: str, content: dict[str, Any]) -> None:
    (HERE / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
