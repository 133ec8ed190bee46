#!/usr/bin/env bash
# Set-up for `make run` (argument: run) and for `make test` and `make check` (argument: test).
# Safe to repeat. When nothing has changed it returns in a few milliseconds.
#
#   PYTHON=/path/to/python3.12   use this interpreter for a new .venv
#   ZHENGCHENG_SKIP_PACKAGES=1   do not look at the operating system's packages
set -euo pipefail

purpose="${1:-run}"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# fontconfig, pango and harfbuzz draw the notices; texlive-lang-chinese brings the five faces of the standard, the other
# two font packages single rare characters of names.
run_packages=(
    tzdata libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig
    texlive-lang-chinese fonts-noto-cjk fonts-babelstone-han graphviz
)
# The driver of the browser tests is linked against libatomic1.
test_packages=(postgresql chromium chromium-l10n libatomic1 poppler-utils curl)

case "$purpose" in
    run) packages=("${run_packages[@]}") lock=requirements.lock ;;
    test) packages=("${run_packages[@]}" "${test_packages[@]}") lock=requirements-dev.lock ;;
    *) echo "usage: deploy/setup.sh [run|test]" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

# The stamp names all that set-up depends on, the folder included: the commands in .venv hold absolute paths.
# It lies in .venv, so that removing .venv removes it too.
stamp=".venv/.set-up-$purpose"
wanted="$({ cat "$lock" deploy/setup.sh; pwd; } | sha256sum | cut -d' ' -f1)"
if [[ -r $stamp && "$(<"$stamp")" == "$wanted" ]] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [[ -n $candidate ]] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

installed() { [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

missing=()
if [[ -z ${ZHENGCHENG_SKIP_PACKAGES:-} ]]; then
    if command -v dpkg-query >/dev/null; then
        for package in "${packages[@]}"; do
            installed "$package" || missing+=("$package")
        done
        find_python >/dev/null || missing+=(python3 python3-venv)
    else
        say "本机不是 Debian 系统，无法自动安装系统软件。请自行安装与下列 Debian 软件包相当的软件："
        say "This is not Debian; please install the equivalents of these Debian packages yourself:"
        say "    ${packages[*]} python3 (>= 3.11) python3-venv"
    fi
fi

if ((${#missing[@]})); then
    if [[ $EUID -eq 0 ]]; then
        as_root=()
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        say "缺少下列系统软件，而当前用户无权安装。请由管理员执行下面的命令，然后重试："
        say "These system packages are missing and this user may not install them. Ask an administrator to run:"
        say ""
        say "    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
        say ""
        exit 1
    fi
    say "安装系统软件 / installing system packages: ${missing[*]}"
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update
    "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >&2
fi

if [[ ! -r .venv/.folder || "$(<.venv/.folder)" != "$PWD" ]] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    if ! python="$(find_python)"; then
        say "需要 Python 3.11 或更高版本（含 venv 模块）。请安装后重试，或用 PYTHON=… 指明其位置。"
        say "Python 3.11 or later with the venv module is needed; install it or name it with PYTHON=…"
        exit 1
    fi
    # A link leads to the .venv of another checkout, which would be emptied.
    if [[ -L .venv ]]; then
        say ".venv 是链接，未作改动。请删除该链接后重试。"
        say ".venv is a link and was left alone; remove the link and try again."
        exit 1
    fi
    say "建立 Python 环境 / creating .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
    printf '%s' "$PWD" >.venv/.folder
fi

say "安装 Python 软件包 / installing Python packages from $lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$lock"
say "准备公文字体 / preparing the fonts of the notices"
.venv/bin/python -m app.documents.font_outlines
printf '%s' "$wanted" >"$stamp"
