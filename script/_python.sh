# Sourced by the scripts beside it: goes to the project's folder and finds Python 3.11 or newer.
# It deliberately installs nothing; what comes after is Python (script/support/).
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python="$candidate"
    break
  fi
done

if [ -z "$python" ]; then
  echo "✗ Python 3.11 or newer was not found. 未找到 Python 3.11 或更新版本。Install it (Debian/Ubuntu: sudo apt install python3 python3-venv; Fedora: sudo dnf install python3; macOS: brew install python), then run this again." >&2
  exit 1
fi
