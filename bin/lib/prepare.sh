# Sourced by the commands in bin/. Finds Bun of the pinned version, or installs it, and installs the packages
# of bun.lock when they changed. Needs a POSIX shell and either npm or any Bun. Leaves: $root, $BUN.
# Says what it does on standard error: standard output belongs to the command.

say() { printf '%s\n' "$*" >&2; }
die() { say "wardline: $*"; exit 1; }

# A relative WARDLINE_DATA means the directory of whoever typed it.
case "${WARDLINE_DATA:-}" in "" | /*) ;; *) WARDLINE_DATA="$PWD/$WARDLINE_DATA" && export WARDLINE_DATA ;; esac

cd "$root" || exit 1
tools="$root/.tools"
wanted=$(sed -n '/"engines"/,/}/s/.*"bun": *"\([0-9][0-9.]*\)".*/\1/p' package.json)

is_wanted() { [ -x "$1" ] && [ "$("$1" --version 2>/dev/null)" = "$wanted" ]; }

find_bun() {
  BUN=$(command -v bun 2>/dev/null) && is_wanted "$BUN" && return
  for BUN in "$tools/bun-$wanted"/node_modules/@oven/bun-*/bin/bun node_modules/@oven/bun-*/bin/bun; do
    is_wanted "$BUN" && return
  done
  return 1
}

# Package managers keep a cache below HOME; where there is no HOME to write to, it goes into the checkout.
find_cache() {
  if [ -n "${HOME:-}" ] && [ -d "$HOME" ] && [ -w "$HOME" ]; then return; fi
  export BUN_INSTALL_CACHE_DIR="${BUN_INSTALL_CACHE_DIR:-$tools/cache/bun}"
  export npm_config_cache="${npm_config_cache:-$tools/cache/npm}"
}

# The registry and certificates that npm was given on this machine hold for Bun too.
ask_npm() {
  command -v npm >/dev/null 2>&1 || return 0
  if [ -z "${npm_config_registry:-}${NPM_CONFIG_REGISTRY:-}${BUN_CONFIG_REGISTRY:-}" ]; then
    registry=$(npm config get registry 2>/dev/null) || registry=
    case "$registry" in http*) export npm_config_registry="$registry" ;; esac
  fi
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ]; then
    certificates=$(npm config get cafile 2>/dev/null) || certificates=
    if [ -f "$certificates" ]; then export NODE_EXTRA_CA_CERTS="$certificates"; fi
  fi
}

# Scripts stay off: the package's own launcher would need one, the binary itself does not.
install_bun() {
  say "Installing Bun $wanted …"
  making="$tools/bun-$wanted.making"
  rm -rf "$making" "$tools/bun-$wanted"
  mkdir -p "$making" && printf '{ "private": true }\n' >"$making/package.json"
  if command -v npm >/dev/null 2>&1; then
    (cd "$making" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error "bun@$wanted" >&2) ||
      die "npm could not install bun@$wanted (its words are above)."
  elif command -v bun >/dev/null 2>&1; then
    (cd "$making" && bun add --ignore-scripts --exact "bun@$wanted" >&2) ||
      die "bun could not install bun@$wanted (its words are above)."
  else
    die "neither npm nor bun is on the PATH. Install Node.js with npm, or Bun, and run this again."
  fi
  mv "$making" "$tools/bun-$wanted"
  find_bun || die "bun@$wanted was installed but does not run on this machine ($(uname -sm))."
}

fingerprint() { { cat package.json bun.lock bunfig.toml && cat patches/* 2>/dev/null; printf '%s' "$wanted" && uname -sm; } | cksum; }

# One install at a time. The link that says so outlives a killed install, and then means: start over.
lock_install() {
  waited=0
  while ! ln -s "$$" "$tools/installing" 2>/dev/null; do
    [ -d "$tools" ] && [ -w "$tools" ] || die "$root cannot be written by this account; run this once as its owner."
    holder=$(readlink "$tools/installing" 2>/dev/null) || continue
    if runs_here "$holder"; then
      [ "$waited" -gt 0 ] || say "Another command (process $holder) is installing; waiting for it …"
      waited=$((waited + 1))
      [ "$waited" -lt 600 ] || die "process $holder has been installing for ten minutes. Stop it, or remove $tools/installing."
      sleep 1
    else
      say "An earlier install was cut short; starting over."
      rm -rf node_modules && rm -f "$tools/installing"
    fi
  done
}

runs_here() {
  kill -0 "$1" 2>/dev/null || return 1
  [ -r "/proc/$1/cmdline" ] || return 0
  tr '\0' ' ' <"/proc/$1/cmdline" | grep -q 'bin/'
}

up_to_date() { [ ! -L "$tools/installing" ] && [ -f node_modules/.installed ] && [ "$(cat node_modules/.installed)" = "$(fingerprint)" ]; }

prepare() {
  if up_to_date && find_bun; then return; fi
  mkdir -p "$tools" 2>/dev/null || :
  lock_install
  find_cache
  ask_npm
  find_bun || install_bun
  if ! [ -f node_modules/.installed ] || [ "$(cat node_modules/.installed)" != "$(fingerprint)" ]; then
    say "Installing packages …"
    rm -f node_modules/.installed
    "$BUN" install --frozen-lockfile >&2 || { rm -f "$tools/installing"; die "the packages could not be installed (Bun's words are above)."; }
    fingerprint >node_modules/.installed
  fi
  rm -f "$tools/installing"
}

prepare
