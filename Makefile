# Needs git, make and Python 3.11 or newer; everything else goes into .venv.
# On Windows, the same steps by hand stand in docs/development.md.

PYTHON ?= $(shell sh scripts/find_python.sh)
BIN := .venv/bin
# What follows the program's or the tests' own options: make test ARGS="-k decimals"
ARGS ?=

.PHONY: run test lint bench package screenshots environment lock clean

run: environment
	@$(BIN)/python scripts/system_libraries.py --display
	@$(BIN)/opspilot-desktop --demo $(ARGS)

# Three workers keep two cores busy: the window's tests wait for timers now and then.
test: environment
	@$(BIN)/python scripts/system_libraries.py
	@QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 3 --dist worksteal $(ARGS)

lint: environment
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: environment
	@$(BIN)/python scripts/system_libraries.py
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks $(ARGS)

package: environment
	@$(BIN)/python scripts/package.py $(ARGS)

screenshots: environment
	@$(BIN)/python scripts/system_libraries.py
	@QT_QPA_PLATFORM=offscreen $(BIN)/python scripts/screenshots.py $(ARGS)

# Does nothing when .venv already is what requirements.lock and pyproject.toml say.
environment:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on the PATH." >&2; exit 1; }
	@"$(PYTHON)" scripts/environment.py

# Pins the newest versions that pyproject.toml and benchmarks/requirements.in allow; needs uv.
PIN := uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --upgrade
lock:
	$(PIN) --extra dev pyproject.toml -o requirements.lock
	$(PIN) benchmarks/requirements.in -o benchmarks/requirements.lock

clean:
	rm -rf build dist .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
