"""The one kind of contract that import-linter does not bring: a view belongs to its own app."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class OwnViews(Contract):
    """`views` and `urls` of an app are imported inside it alone; from outside an address is written by its name."""

    type_name = "own_views"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        strangers = sorted(
            (importer, door)
            for door in graph.modules
            if _is_door(door)
            for importer in graph.find_modules_that_directly_import(door)
            if _app(importer) != _app(door)
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, door in check.metadata["strangers"]:
            output.print_error(f"{importer} imports {door}")


def _is_door(module: str) -> bool:
    parts = module.split(".")
    return len(parts) > 2 and ("views" in parts[2:] or parts[-1] == "urls")


def _app(module: str) -> str:
    return ".".join(module.split(".")[:2])
