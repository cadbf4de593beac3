# Everything here sets up what it needs first: a virtual environment in .venv from the hash-locked requirements.
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-header --no-annotate $(LOCK_FLAGS) pyproject.toml
AUDIT := build/audit
ARGS :=

.PHONY: help demo setup run test check bench chaos docs audit lock

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name does; do \
		printf 'make %-6s %s\n' "$$name" "$$does"; done

demo: $(VENV)/.runtime ## try it: the real program against stand-ins for Slack and Telnyx, in your browser; ARGS=--port=8801 for another port
	@$(PY) -m web demo $(ARGS)

setup: $(VENV)/.runtime ## install what the program needs
	@echo "Ready. Next: make demo, or fill in .env and make run."

run: $(VENV)/.runtime ## run it with the settings in .env
	@$(PY) -m web serve

test: $(VENV)/.dev ## run the tests; ARGS="-k gate" goes to pytest, and so does ARGS=--cov, which reports coverage
	@$(PY) -m pytest --numprocesses=8 --dist=worksteal $(ARGS)

check: $(VENV)/.dev ## format, lint, types, and who may import whom
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

bench: $(VENV)/.dev ## measure, and print ratios
	@$(PY) -m tests.bench

chaos: $(VENV)/.dev ## play at random while everything breaks, and see whether anything is lost or doubled; ARGS="--seeds=200 --kill=50"
	@$(PY) -m tests.chaos $(ARGS)

docs: $(VENV)/.dev ## rewrite the generated tables of README.md and all of .env.example
	@$(PY) -m tests.docs.generate

audit: $(PY) ## ask whether a locked package is known to be vulnerable; needs a network
	@test -x $(AUDIT)/bin/pip-audit || { $(PY) -m venv $(AUDIT) && $(AUDIT)/bin/pip install --quiet "pip-audit>=2.9,<3"; }
	@$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt --requirement requirements-dev.txt

lock: $(PY) ## write the lock files anew from pyproject.toml; LOCK_FLAGS=--upgrade takes newer versions
	@$(PY) -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

# The stamps: an environment is brought up to date when its lock is newer.
$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing what Confab needs into $(VENV) (once, about a minute) ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(PY)
	@echo "Installing what Confab and its tests need into $(VENV) (once, about a minute) ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(PY):
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if ! $$python -c 'import ensurepip' 2>/dev/null; then \
			echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
		fi; \
		$$python -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	echo "Confab needs Python 3.11 or newer, and none is on the PATH." >&2; exit 1
