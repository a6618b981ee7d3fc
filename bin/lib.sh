# Shared by the scripts in bin/: what to install, and a throwaway PostgreSQL server for tests.
# shellcheck shell=bash

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "this needs root, and there is no sudo: $*"
  fi
}

# install DEBIAN-PACKAGES FEDORA-PACKAGES: each a quoted list
install_packages() {
  if command -v apt-get >/dev/null; then
    say "installing $1"
    # shellcheck disable=SC2086
    apt_install $1 || { as_root apt-get update -q >&2 && apt_install $1; } || die "cannot install: $1"
  elif command -v dnf >/dev/null; then
    say "installing $2"
    # shellcheck disable=SC2086
    as_root dnf install -y -q $2 >&2 || die "cannot install: $2"
  else
    die "neither apt nor dnf here; please install by hand: $1"
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

need_cargo() {
  [ -x "$HOME/.cargo/bin/cargo" ] && PATH="$PATH:$HOME/.cargo/bin"
  command -v cargo >/dev/null || die "Rust is missing. Install it from https://rustup.rs (version 1.95 or newer), open a new shell, run this again."
  command -v cc >/dev/null || install_packages "gcc libc6-dev" "gcc"
}

# Sets PG_BIN to the newest server programs, 15 or newer; fails when there are none.
find_postgres() {
  local dir version best=14 found=
  for dir in ${PG_BIN:-/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /usr/bin /usr/local/bin}; do
    [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] || continue
    version=$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    if [ "$version" -gt "$best" ]; then best=$version found=$dir; fi
  done
  [ -n "$found" ] && export PG_BIN=$found
}

need_postgres() {
  find_postgres && return
  if command -v apt-get >/dev/null; then
    # Debian's package makes and starts a server of its own; Pacemark has no use for it.
    local no_cluster=/etc/postgresql-common/createcluster.d/pacemark.conf
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    install_packages postgresql "postgresql-server postgresql-contrib"
    as_root rm -f "$no_cluster"
  else
    install_packages postgresql "postgresql-server postgresql-contrib"
  fi
  find_postgres || die "the system's PostgreSQL is older than 15. Install a newer one (https://www.postgresql.org/download/), or set PG_BIN or DATABASE_URL."
}

# PostgreSQL refuses to run as root
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"
  else
    local account=postgres
    id "$account" >/dev/null 2>&1 || account=nobody
    setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups "$@"
  fi
}

# Starts a server that forgets everything when it stops, in memory when there is room; sets DATABASE_URL.
# Fast, not durable. Ends with the script (see stop_test_server). Arguments go to the server.
start_test_server() {
  local home=/tmp
  [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 1000000 ] 2>/dev/null && home=/dev/shm
  TEST_SERVER=$(cd / && as_postgres mktemp -d "$home/pacemark-test-XXXXXX")
  trap stop_test_server EXIT
  trap 'exit 130' INT TERM
  (
    cd "$TEST_SERVER"
    as_postgres "$PG_BIN/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --lc-ctype=C.UTF-8 --no-sync >initdb.log 2>&1 ||
      { cat initdb.log >&2; exit 1; }
    as_postgres "$PG_BIN/pg_ctl" start -w -s -D data -l "$TEST_SERVER/log" -o "-F -k $TEST_SERVER -c listen_addresses= \
      -c full_page_writes=off -c synchronous_commit=off -c jit=off -c max_connections=200 -c shared_buffers=64MB -c max_wal_size=2GB $*"
  ) || die "the test database server does not start"
  export DATABASE_URL="postgres://postgres@localhost/postgres?host=$TEST_SERVER"
}

stop_test_server() {
  [ -n "${TEST_SERVER:-}" ] || return 0
  (cd "$TEST_SERVER" && as_postgres "$PG_BIN/pg_ctl" stop -s -m immediate -D data) >/dev/null 2>&1 || true
  rm -rf "$TEST_SERVER"
  TEST_SERVER=
}

# Makes the schema in the test server's own database.
make_schema() {
  local migration
  for migration in migrations/*.sql; do
    "$PG_BIN/psql" -q -X -v ON_ERROR_STOP=1 -1 -h "$TEST_SERVER" -U postgres -d postgres -f "$migration" ||
      die "$migration cannot be applied"
  done
}

# From here on the compiler checks queries against the schema, and the macros write what they find to SQLX_OFFLINE_DIR themselves.
check_queries() {
  SQLX_OFFLINE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pacemark-sqlx-XXXXXX")
  export SQLX_OFFLINE=false SQLX_OFFLINE_DIR
  touch src/lib.rs src/main.rs tests/main.rs # the macros only run when their crate is compiled
}

# steady DIR: whether a column can be null the macros guess from the plan of the day, as "yes" or "unknown", which is the same to
# the code: it is kept as "yes".
steady() {
  sed -i -E 's/^( *)null(,?)$/\1true\2/' "$1"/*.json
}

# Thousands of connections are as many open files on either side.
allow_many_files() {
  ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
}

# Sets SCHEMATHESIS; installs it below target/ the first time.
need_schemathesis() {
  local venv=target/schemathesis
  SCHEMATHESIS=$venv/bin/schemathesis
  [ -x "$SCHEMATHESIS" ] && return
  python3 -m venv --help >/dev/null 2>&1 && python3 -c 'import ensurepip' 2>/dev/null ||
    install_packages "python3 python3-venv" "python3"
  say "installing schemathesis"
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$1" ||
    { rm -rf "$venv"; die "cannot install schemathesis"; }
}
