# Everything a checkout needs: Python 3.11 or newer and make. `make` lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# What the lock in requirements/ names, to the byte; NEWEST=1: the newest within setup.cfg's ranges, in a place of its own.
VENV := .venv$(if $(NEWEST),-newest)
# One for each version of Python: another one asked for is another installation.
installed = $(VENV)/.$(1)-on-$(VERSION)
PARLEY := $(VENV)/bin/parley
ORGANIZER ?= organizer@example.org

ifdef PORT
export PARLEY_PORT := $(PORT)
endif

# Files and the names of folders are UTF-8, whatever letters the terminal has.
export PYTHONUTF8 := 1

.PHONY: help run test faults bench validation lint tour walk words lock wheel release clean

help: ## list these targets
	@echo "make run [PORT=8000] [DEMO=1]   and other targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## /  make \1: /p' $(MAKEFILE_LIST)

run: $(call installed,run) ## serve the survey; DEMO=1 adds a demonstration with invented people, PORT=… picks the port
	@$(PARLEY) db upgrade
	@$(PARLEY) bank load
	@$(PARLEY) user create $(ORGANIZER) --owner-of ukraine
ifdef DEMO
	@echo "Inventing people for the demonstration: about 15 seconds, the first time only …"
	@$(PARLEY) demo
	@$(PARLEY) user create $(ORGANIZER) --owner-of demo
endif
	@exec $(PARLEY) run --sign-in $(ORGANIZER)

# What pytest ends with where there was none of the tests it was asked for, as where TESTS names a folder without them.
NONE_COLLECTED := 5

# Three processes for two cores: one of them mostly waits, for a browser, a database or the disk. Each reads modules as
# they were compiled, also where the environment forbids to keep that: it is a tenth of the suite's work, done again by
# each of them and by every command and server they start. Who is done takes tests from who is not: with portions dealt
# out the slowest were left to one of them, and the others waited for a tenth of the time. What has a bound in seconds
# of people's time comes after them: beside two others it tells of the machine.
#
# The threads with which NumPy and SciPy would multiply on both cores wait for work by turning round: it was a hundredth
# of the work of all.
test: export OPENBLAS_NUM_THREADS := 1
test: export PYTHONDONTWRITEBYTECODE :=
test: $(call installed,test) ## the suite; LONG=1: the longest tests and all on PostgreSQL too, NEWEST=1: with the newest packages
	@echo "Running the suite in three processes: $(if $(LONG),twenty minutes to half an hour,six to eight minutes) …"
	@$(if $(LONG),PARLEY_LONG=yes) $(VENV)/bin/python -m pytest -n 3 --dist worksteal -m "not alone" $(TESTS)
ifdef LONG
	@echo "Running what counts seconds, with the machine to itself: about a minute …"
	@PARLEY_LONG=yes $(VENV)/bin/python -m pytest -m alone $(TESTS) || test $$? -eq $(NONE_COLLECTED)
endif

faults: $(call installed,test) ## servers and databases killed 20 times each while people answer; a table of what was lost
	@echo "Killing servers, workers and databases: about ten minutes …"
	@$(VENV)/bin/python -m tests.faults

bench: $(call installed,test) ## a table of ratios: starting, accepting, reading, publishing, exporting beside their floors; a page of 100,000; coherence, scores, histories, days beside theirs
	@for rows in machine start accept minute readers publishing overview long_export beside_export question_page \
		scenario_page coherence peers histories default_days vectors; do \
		$(VENV)/bin/python -m bench.$$rows || failed=yes; done; test -z "$${failed:-}"

validation: $(call installed,run) ## docs/validation.md made again from the public sets of forecasts in the folder PARLEY_DATA
	@test -d "$$PARLEY_DATA" || { echo "Say where the sets are: PARLEY_DATA=/folder/of/those/sets make validation"; exit 1; }
	@echo "Trying every method on every set: about a minute …"
	@$(VENV)/bin/python -m scoring.backtest.document docs/validation.md "$$PARLEY_DATA"

# H043 wants a type on every button; one in a form that says nothing submits it, as ours do.
lint: $(call installed,lint) ## formatting, faults, types and templates
	@echo "ruff …" && $(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@echo "mypy: half a minute the first time …" && $(VENV)/bin/mypy
	@echo "djlint …" && $(VENV)/bin/djlint templates --lint --profile=jinja --ignore=H043 --quiet

tour: $(call installed,test) ## pictures of every page in each window, theme and language, into tour/, and those of docs/organizer.md; fails where axe finds a fault
	@echo "Visiting every page of a demonstration: about six minutes …"
	@$(VENV)/bin/python -m tests.browser.tour tour
	@echo "Telling an organizer's story for docs/organizer.md: about a minute …"
	@$(VENV)/bin/python -m tests.browser.organizer_pictures docs/pictures

walk: $(call installed,test) ## a participant's way in Chromium, Firefox and WebKitGTK, in each window and theme, measured; pictures into walk/
	@echo "Walking twelve times: about ten minutes …"
	@$(VENV)/bin/python -m tests.browser.walking walk

words: $(call installed,test) ## words taken out of the tree into each language's catalog, compiled; lists what is not translated
	@$(VENV)/bin/python -m tests.survey.i18n.words

lock: $(call installed,lint) ## what is newest within the ranges into requirements/, with hashes; shows what has changed
	@pins() { sed -n 's/ *\\$$//; /==/p' requirements/*.txt | sort -u; }; before=$$(pins); all=$$(mktemp); \
	sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(compile) --upgrade - -o requirements/build.txt; \
	$(compile) --upgrade setup.cfg --all-extras -o "$$all"; \
	$(compile) setup.cfg -c "$$all" -o requirements/run.txt; \
	$(compile) setup.cfg -c "$$all" --extra test --extra e2e -o requirements/test.txt; \
	$(compile) setup.cfg -c "$$all" --extra lint -o requirements/lint.txt; \
	rm "$$all"; \
	diff <(echo "$$before") <(pins) && echo "Nothing has changed." || true

# One solution for every Python and system that is supported; each of the files takes its part of it.
compile = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock'

wheel: $(call installed,run) ## the package as a wheel, into dist/
	@rm -rf build
	@echo "Building the wheel …" && $(VENV)/bin/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

# What is uploaded is what was tried: the wheel is built from the source distribution, and installed where nothing else is.
# The tools have a place of their own: they share packages with the lock in other versions.
release: ## wheel and source distribution into dist/, checked, tried in an empty place, with SHA256SUMS
	@rm -rf build dist .venv-release && $(PYTHON) -m venv .venv-release
	@echo "Building …" && .venv-release/bin/python -m pip install $(quietly) --quiet $$(sed -n '/^release =/,/^$$/s/^    //p' setup.cfg)
	@.venv-release/bin/python -m build --outdir dist . > /dev/null
	@.venv-release/bin/python -m twine check --strict dist/*
	@echo "Installing the wheel where nothing else is: about a minute …"
	@tried=$$(mktemp -d); trap 'rm -rf "$$tried"' EXIT; $(PYTHON) -m venv "$$tried/venv"; \
	"$$tried/venv/bin/python" -m pip install $(quietly) --quiet dist/*.whl; cd "$$tried"; \
	venv/bin/parley --version; venv/bin/python -c "import scoring; print('scoring', scoring.__version__)"
	@cd dist && sha256sum *.whl *.tar.gz > SHA256SUMS && cat SHA256SUMS

clean: ## remove what was made, the database in instance/ excepted
	rm -rf .venv .venv-newest .venv-release build dist tour walk *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
	find scoring survey tests migrations -name __pycache__ -prune -exec rm -rf {} +

# Installed again only when what is installed has changed; the newest each time, for it may have.
$(VENV)/.%-on-$(VERSION): requirements/build.txt requirements/%.txt setup.cfg pyproject.toml $(if $(NEWEST),newest)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.11 …"; exit 1; }
	@ls $(VENV)/.*-on-$(VERSION) > /dev/null 2>&1 \
		|| { echo "Creating $(VENV) …"; $(PYTHON) -m venv --clear $(VENV); }
	@printf 'Installing into $(VENV), needs one or two minutes the first time '; started=$$SECONDS; \
	{ $(if $(NEWEST),$(install_newest),$(install_locked)); } 2> $(VENV)/pip.errors \
		| while read -r word _; do case $$word in Collecting) printf .;; esac; done \
		|| { echo; cat $(VENV)/pip.errors; exit 1; }; \
	echo " done in $$((SECONDS - started)) s"
	@touch $@

.PHONY: newest
# A dot is a package found; pip's own words are shown where it fails.
pip = $(VENV)/bin/python -m pip
quietly = --disable-pip-version-check --progress-bar off
# First what packages without a wheel are built with, by themselves: from then on nothing is fetched that has no hash.
install_locked = $(pip) install $(quietly) --require-hashes --no-deps -r requirements/build.txt \
	&& $(pip) install $(quietly) --require-hashes --no-deps --no-build-isolation -r requirements/$*.txt \
	&& $(pip) install $(quietly) --no-deps --no-build-isolation -e . && $(pip) check
install_newest = $(pip) install $(quietly) --upgrade --upgrade-strategy eager -e '.$(extras_of_$*)'
extras_of_test = [test,e2e]
extras_of_lint = [lint]
