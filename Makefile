# Everything a checkout needs: Python 3.11 or newer, make, git. `make` lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PARLEY := $(VENV)/bin/parley
ORGANIZER ?= organizer@example.org

ifdef PORT
export PARLEY_PORT := $(PORT)
endif

.PHONY: help run test faults bench lint tour words wheel clean

help: ## list these targets
	@echo "make run [PORT=8000] [DEMO=1]   and other targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## /  make \1: /p' $(MAKEFILE_LIST)

run: $(VENV)/.for-run ## serve the survey; DEMO=1 adds a demonstration with invented people, PORT=… picks the port
	@$(PARLEY) db upgrade
	@$(PARLEY) bank load
	@$(PARLEY) user create $(ORGANIZER) --owner-of ukraine
ifdef DEMO
	@echo "Inventing people for the demonstration: about 15 seconds, the first time only …"
	@$(PARLEY) demo
	@$(PARLEY) user create $(ORGANIZER) --owner-of demo
endif
	@exec $(PARLEY) run --sign-in $(ORGANIZER)

test: $(VENV)/.for-test ## SQLite, a real PostgreSQL, pages in Chromium where it is installed; LONG=1 adds the longest tests
	@command -v chromium > /dev/null || echo "Chromium is not installed: the tests of pages in a browser are skipped."
	@echo "Running the suite in two processes: about a quarter of an hour …"
	@$(VENV)/bin/python -m pytest -n 2 -rs $(if $(LONG),,-m "not long") $(TESTS)

faults: $(VENV)/.for-test ## servers and databases killed 20 times each while people answer; a table of what was lost
	@echo "Killing servers, workers and databases: about ten minutes …"
	@$(VENV)/bin/python -m tests.faults

bench: $(VENV)/.for-test ## accepting a forecast beside its floor; peer scores, histories and days beside a sort
	@$(VENV)/bin/python -m bench.accept
	@$(VENV)/bin/python -m bench.peers
	@$(VENV)/bin/python -m bench.histories
	@$(VENV)/bin/python -m bench.default_days

# H043 wants a type on every button; one in a form that says nothing submits it, as ours do.
lint: $(VENV)/.for-lint ## formatting, faults, types and templates
	@echo "ruff …" && $(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@echo "mypy: half a minute the first time …" && $(VENV)/bin/mypy
	@echo "djlint …" && $(VENV)/bin/djlint templates --lint --profile=jinja --ignore=H043 --quiet

tour: $(VENV)/.for-test ## pictures of every page in each window, theme and language, into tour/; fails where axe finds a fault
	@echo "Visiting every page of a demonstration: about six minutes …"
	@$(VENV)/bin/python -m tests.browser.tour tour

words: $(VENV)/.for-test ## words taken out of the tree into each language's catalog, compiled; lists what is not translated
	@$(VENV)/bin/python -m tests.survey.language.words

wheel: $(VENV)/.for-run ## the package as a wheel, into dist/
	@rm -rf build
	@echo "Building the wheel …" && $(VENV)/bin/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove what was made, the database in instance/ excepted
	rm -rf $(VENV) build dist tour *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
	find scoring survey tests migrations -name __pycache__ -prune -exec rm -rf {} +

# Installed again only when what is installed has changed.
$(VENV)/.for-run: setup.cfg pyproject.toml
	$(call install,.,needs about a minute the first time)

$(VENV)/.for-test: setup.cfg pyproject.toml
	$(call install,.[test$(comma)e2e],needs about two minutes the first time)

$(VENV)/.for-lint: setup.cfg pyproject.toml
	$(call install,.[lint$(comma)test],needs about a minute the first time)

comma := ,

# A dot is a package found; pip's own words are shown where it fails.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.11 …"; exit 1; }
	@test -x $(VENV)/bin/python || { echo "Creating $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@printf 'Installing %s into $(VENV), $(2) ' '$(1)'; started=$$SECONDS; \
	$(VENV)/bin/python -m pip install --disable-pip-version-check --progress-bar off -e '$(1)' 2> $(VENV)/pip.errors \
		| while read -r word _; do case $$word in Collecting) printf .;; esac; done \
		|| { echo; cat $(VENV)/pip.errors; exit 1; }; \
	echo " done in $$((SECONDS - started)) s"
	@touch $@
endef
