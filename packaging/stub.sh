#!/bin/sh
# rancher-tui @VERSION@ in one file: unpacks itself once, then starts from there. Needs glibc @GLIBC@ or newer.
# It unpacks to $RANCHER_TUI_CACHE, else ~/.cache/rancher-tui, else a folder of yours in $TMPDIR.
set -eu
PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}
name=@VERSION@-@DIGEST@

fail() { printf 'rancher-tui: %s\n' "$1" >&2; exit 1; }

usable() { (umask 077; mkdir -p "$1") 2>/dev/null && [ -O "$1" ] && [ -w "$1" ]; }

for base in "${RANCHER_TUI_CACHE:-}" "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}" "${TMPDIR:-/tmp}/rancher-tui-$(id -u)"; do
  [ -n "$base" ] && usable "$base/rancher-tui" && break
  base=
done
[ -n "$base" ] || fail "no folder to unpack to; set RANCHER_TUI_CACHE"
home=$base/rancher-tui/$name
if [ ! -x "$home/rancher-tui" ]; then
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | tr -dc '0-9.')
  [ -n "$glibc" ] || fail "this system has no glibc; the program needs @GLIBC@ or newer"
  least=$(printf '%s\n%s\n' "$glibc" @GLIBC@ | sort -t . -k 1,1n -k 2,2n | head -n 1)
  [ "$least" = @GLIBC@ ] || fail "glibc $glibc is too old here; the program needs @GLIBC@ or newer"
  fresh=$home.$$
  trap 'rm -rf "$fresh"' EXIT
  (umask 077; mkdir "$fresh")
  tail -c +@OFFSET@ "$0" | gzip -dc | tar -xf - -C "$fresh" || fail "could not unpack to $fresh (is the disk full?)"
  "$fresh/rancher-tui" --version >/dev/null || fail "programs may not be run in $base; set RANCHER_TUI_CACHE"
  mv "$fresh" "$home" 2>/dev/null || [ -x "$home/rancher-tui" ] || fail "could not unpack to $home"
  rm -rf "$fresh"
  trap - EXIT
fi
exec "$home/rancher-tui" "$@"
