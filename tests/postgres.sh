# shellcheck shell=bash
# A PostgreSQL server of our own, for `tests/run` and `tests/benches/run`: in a temporary folder, with a random password,
# gone afterwards. No other server is touched. Sourced, not run; expects `set -euo pipefail`.

scratch=
cluster_running=

say() { printf '\n== %s\n' "$*"; }
stop() { printf '%s: %s\n' "$0" "$*" >&2; exit 1; }

make_scratch() { scratch=$(mktemp -d "${TMPDIR:-/tmp}/ringbuch-test.XXXXXX"); }

# --- what the tests need ------------------------------------------------------------------------------------------

install() { # packages...
    command -v apt-get >/dev/null || return 1
    local as=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as=(sudo -n)
    fi
    say "installing $*"
    "${as[@]}" apt-get update -qq
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need() { # command package
    command -v "$1" >/dev/null || install "$2" || stop "$1 is missing; install it and run this again"
}

postgres_programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
        /usr/local/opt/postgresql*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v initdb || echo /none/initdb)"); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && [ -x "$folder/psql" ]; then
            echo "$folder"
            return
        fi
    done
    return 1
}

install_postgres() {
    install postgresql-common || return 1
    # The package would start a server of its own on the usual port; nobody asked for one.
    local settings=/etc/postgresql-common/createcluster.conf as=()
    [ "$(id -u)" = 0 ] || as=(sudo -n)
    "${as[@]}" sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$settings"
    install postgresql
}

# --- a server of our own ------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root, so that root lends it a user without rights.
as_server() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$server_user" -- "$@"
    else
        setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --clear-groups "$@"
    fi
}

clean_up() {
    if [ -n "$cluster_running" ]; then
        (cd / && as_server "$programs/pg_ctl" -D "$scratch/data" -m immediate -w stop) >/dev/null 2>&1 || true
    fi
    if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_postgres() {
    programs=$(postgres_programs) || { install_postgres && programs=$(postgres_programs); } ||
        stop "PostgreSQL's programs (initdb, postgres, psql) are missing; install the server and run this again"
    server_user=$(id -un)
    if [ "$server_user" = root ]; then
        if id postgres >/dev/null 2>&1; then server_user=postgres; else server_user=nobody; fi
    fi
    local password
    password=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
    chmod 711 "$scratch"
    mkdir "$scratch/data" "$scratch/socket"
    (umask 077 && printf '%s' "$password" >"$scratch/password")
    if [ "$(id -u)" = 0 ]; then chown "$server_user" "$scratch/data" "$scratch/socket" "$scratch/password"; fi

    # A language whose order is not that of bytes, where this build has one: that is what users have.
    local common=(-D "$scratch/data" -U ringbuch -A scram-sha-256 --pwfile="$scratch/password" -E UTF8 --locale=C)
    (cd / && as_server "$programs/initdb" "${common[@]}" --locale-provider=icu --icu-locale=de-DE) \
        >"$scratch/initdb.log" 2>&1 ||
        (cd / && rm -rf "${scratch:?}/data/"* && as_server "$programs/initdb" "${common[@]}") >"$scratch/initdb.log" 2>&1 ||
        { cat "$scratch/initdb.log" >&2; stop "initdb failed"; }

    local attempt port settings
    for attempt in 1 2 3 4 5; do
        port=$((20000 + $(od -An -tu2 -N2 /dev/urandom) % 30000))
        settings="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$scratch/socket"
        # Without recycling, what was erased leaves the log of changes as soon as that is checkpointed.
        settings="$settings -c max_connections=500 -c fsync=on -c wal_recycle=off ${server_settings:-}"
        if (cd / && as_server "$programs/pg_ctl" -D "$scratch/data" -w -l "$scratch/data/server.log" -o "$settings" start) \
            >/dev/null 2>&1; then
            cluster_running=yes
            break
        fi
    done
    [ -n "$cluster_running" ] || { cat "$scratch/data/server.log" >&2; stop "PostgreSQL did not start"; }

    # The harness refuses every server without this mark.
    PGPASSWORD=$password "$programs/psql" -q -h 127.0.0.1 -p "$port" -U ringbuch -d postgres \
        -c 'CREATE DATABASE ringbuch_test_marker' >/dev/null
    export RINGBUCH_TEST_POSTGRES_URL="postgres://ringbuch:$password@127.0.0.1:$port/postgres"
}
