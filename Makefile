# Everything from an empty clone: Python 3.11 or 3.12 and make are enough.
PYTHON ?= python3
DEMO ?= build/demo
VENV := .venv
RUN := $(VENV)/bin/python
BENCH_VENV := .venv-bench
BENCH ?= --readme

.PHONY: demo test check docs pictures bench lock clean

demo: $(VENV)/ready
	rm -rf $(DEMO)
	$(RUN) -m pipeline demo $(DEMO)
	@echo "请看：$(DEMO)/inbox（各市报来的表）、$(DEMO)/outbox/省级（名录）、$(DEMO)/outbox/<城市>（给各市的答复）"

# Two processes: most of the time goes to LibreOffice, Chromium, Prefect and runs that wait.
test: $(VENV)/ready
	$(RUN) -m pytest -n 2 --dist loadfile

# What must be true of the source without running the job; changes nothing.
check: $(VENV)/ready
	$(RUN) -m pipeline.docs --check
	$(RUN) -m pytest -q tests/test_house.py

# Needs LibreOffice (soffice), poppler-utils (pdftoppm) and Chromium.
pictures: $(VENV)/ready
	$(RUN) -m pipeline.pictures docs/pictures

# Two cores for ten minutes; `make bench BENCH="--growth --readme"` for an hour and 13 GB of disk. Other work on the machine spoils it.
bench: $(VENV)/ready $(BENCH_VENV)/ready
	$(RUN) -m tests.bench $(BENCH)

docs: $(VENV)/ready
	$(RUN) -m pipeline.docs

# Needs uv, and the network. pip of 2023 (Python 3.11 brings it) does not apply a pin to the same package asked for with
# an extra, which prefect does with sqlalchemy: it is written down a second time.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --group dev --extra dask pyproject.toml --output-file requirements.lock > /dev/null
	sed -n '/^sqlalchemy==/,/^    # via/{/# via/d;s/^sqlalchemy==/sqlalchemy[asyncio]==/;p;}' requirements.lock > .lock-extra
	cat .lock-extra >> requirements.lock
	rm .lock-extra
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --group bench --output-file requirements-bench.lock > /dev/null

clean:
	rm -rf $(VENV) $(BENCH_VENV) build *.egg-info

# A changed lock makes a new environment. The project itself is put in from here, with nothing downloaded.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
	    { echo "需要 Python 3.11 或 3.12，现为 $$($(PYTHON) --version 2>&1)。可写明：make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV) || { echo "没有 venv 模块；Debian 上请先安装 python3-venv"; exit 2; }
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# pandas and what it brings, for the script that the benchmark compares with.
$(BENCH_VENV)/ready: requirements-bench.lock
	rm -rf $(BENCH_VENV)
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	@touch $@
