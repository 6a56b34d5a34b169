#!/bin/sh
# Installs rancher-tui from the wheels beside this script: no network, no package index, no root.
# Usage: ./install.sh [FOLDER]   (~/.local/share/rancher-tui by default; the command goes to ~/.local/bin)
# PYTHON=/path/to/python3.11 chooses the Python; 3.11 or newer, its venv module is enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${1:-${XDG_DATA_HOME:-$HOME/.local/share}/rancher-tui}
commands=${RANCHER_TUI_BIN:-$HOME/.local/bin}

fail() { printf 'install.sh: %s\n' "$1" >&2; exit 1; }

fits() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=${PYTHON:-}
for candidate in "$python" python3 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && fits "$candidate" && { python=$candidate; break; }
  [ -n "$python" ] && [ "$candidate" = "$python" ] && fail "$python is missing, older than 3.11, or has no venv module"
done
[ -n "$python" ] || fail "no Python 3.11 or newer found; name one: PYTHON=/path/to/python3.11 ./install.sh"

cd "$here"
sha256sum --quiet -c SHA256SUMS || fail "the bundle is damaged: copy it again"
tag=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ -d "wheels/$tag" ] || fail "this bundle has no wheels for Python $tag; it has: $(ls wheels | tr '\n' ' ')"

# What was installed before stands aside until the new one is whole.
rm -rf "$home.before"
if [ -e "$home" ]; then mv "$home" "$home.before"; fi
put_back() { rm -rf "$home"; if [ -e "$home.before" ]; then mv "$home.before" "$home"; fi; }
trap put_back EXIT

"$python" -m venv --without-pip "$home" || fail "no environment could be made in $home"
pip=$(ls "$here"/wheels/"$tag"/pip-*.whl)
install() {
  PYTHONPATH=$pip "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels/$tag" "$@" || fail "the wheels could not be installed"
}
install --require-hashes -r requirements.txt
install --no-deps "$here"/rancher_tui-*.whl
version=$("$home/bin/rancher-tui" --version) || fail "the installed program does not start"
trap - EXIT
rm -rf "$home.before"
mkdir -p "$commands"
ln -sf "$home/bin/rancher-tui" "$commands/rancher-tui"
printf 'installed: %s (%s)\n' "$commands/rancher-tui" "$version"
case ":$PATH:" in *":$commands:"*) ;; *) printf 'add %s to PATH\n' "$commands" ;; esac
