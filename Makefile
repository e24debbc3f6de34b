# Every target is one function in xinglin/cli.py. `make help` lists them.
SHELL := /bin/sh
PYTHON = "$(CURDIR)/.venv/bin/python"
XINGLIN = $(PYTHON) -m xinglin.cli
TARGETS = setup demo serve test check proof screenshots lighthouse shell codes secrets prepare web worker \
          backup restore nightly backup-keys restore-keys upgrade

.PHONY: help clean certificate bundle $(TARGETS)
.DEFAULT_GOAL := help

$(TARGETS): .venv/bin/python
	@exec $(XINGLIN) $@

certificate bundle: .venv/bin/python
	@exec $(XINGLIN) $@ $(ARGS)

bench-%: .venv/bin/python
	@exec $(XINGLIN) bench $*

help: .venv/bin/python
	@exec $(XINGLIN) help

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache screenshots

.venv/bin/python:
	@python="$$(command -v python3.11 || command -v python3 || true)"; \
	if [ -z "$$python" ] || ! "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
	    echo '✗ 需要 Python 3.11，这里没有找到。Debian 12 上运行：sudo apt-get install python3 python3-venv' >&2; \
	    echo '  Python 3.11 is needed and was not found. On Debian 12: sudo apt-get install python3 python3-venv' >&2; exit 2; fi; \
	echo '· 准备 Python 环境  Making the Python environment'; \
	"$$python" -m venv .venv || { rm -rf .venv; \
	    echo '✗ 建立环境没有成功。Debian 上运行：sudo apt-get install python3-venv' >&2; \
	    echo '  The environment was not made. On Debian: sudo apt-get install python3-venv' >&2; exit 2; }
