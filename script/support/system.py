"""What pip cannot bring: system libraries, fonts, Chromium, PostgreSQL.

Looks first. What is missing it installs only as root on Debian or Ubuntu; anywhere else it prints
the one command a person has to run. It deliberately adds no package source and upgrades nothing.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import faketime
from script.support.terminal import SetupError, say
from tests.postgres import find_programs

ON_MAC = platform.system() == "Darwin"
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
MAC_LIBRARIES = ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib")
MAC_FOLDERS = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / "Library/Fonts",
    Path("/Library/Fonts"),
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Packages:
    """One need, by the names each package manager has for it."""

    apt: tuple[str, ...]
    dnf: tuple[str, ...]
    brew: tuple[str, ...]


PDF = Packages(
    apt=("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    dnf=("pango", "harfbuzz"),
    brew=("pango", "harfbuzz"),
)
FONTS = Packages(
    apt=("fonts-noto-cjk",),
    # Not the variable fonts (…-vf-fonts): with those one certificate takes half a minute.
    dnf=("google-noto-sans-cjk-fonts", "google-noto-serif-cjk-fonts"),
    brew=("font-noto-sans-cjk-sc", "font-noto-serif-cjk-sc"),
)
CHROMIUM = Packages(apt=("chromium",), dnf=("chromium",), brew=("chromium",))
# What Playwright's own node needs, and a bare Debian lacks.
DRIVER_LIBRARY = "libatomic.so.1"
DRIVER = Packages(apt=("libatomic1",), dnf=("libatomic",), brew=())
# A second kind of browser, and the screen it wants. Only Debian's packages are known to fit.
WEBKIT = Packages(apt=("webkit2gtk-driver", "xvfb"), dnf=(), brew=())
POSTGRESQL = Packages(apt=("postgresql",), dnf=("postgresql-server",), brew=("postgresql@17",))
# For bench.chaos: steps the clock of a server under test.
FAKETIME = Packages(apt=("libfaketime",), dnf=("libfaketime",), brew=("libfaketime",))
# Readers written by others: they check signatures, structure and codes of certificates.
PDF_READERS = Packages(
    apt=("poppler-utils", "qpdf", "zbar-tools"),
    dnf=("poppler-utils", "qpdf", "zbar"),
    brew=("poppler", "qpdf", "zbar"),
)
# Runs the verifiers of signed credentials that others wrote (tests/certificates/verifiers).
NODE = Packages(apt=("nodejs", "npm"), dnf=("nodejs", "npm"), brew=("node",))
VENV_MODULE = Packages(apt=("python3-venv",), dnf=("python3",), brew=("python",))


def require_certificates_can_be_drawn() -> None:
    """Make sure WeasyPrint finds its libraries and a Chinese font, installing both where allowed.

    Raises SetupError with the command to run where they are missing and may not be installed.
    """
    missing = []
    if not _libraries_load():
        missing.append(PDF)
    if not _has_chinese_font():
        missing.append(FONTS)
    if missing:
        install(missing, "libraries and Chinese fonts for certificates 证书所需的系统库和中文字体")
    if not _libraries_load():
        raise SetupError(f"Pango still cannot be loaded after installing it; try: {command([PDF])}")


def require_venv_module() -> None:
    """Make sure `python -m venv` works; Debian ships Python without it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    # A Python beside the distribution's own has its own package, as python3.12-venv has.
    exact = Packages(apt=(f"python{version}-venv",), dnf=VENV_MODULE.dnf, brew=VENV_MODULE.brew)
    install([exact], "Python's venv module 虚拟环境模块")


def find_chromium() -> str | None:
    """Give the path of a Chromium that can be driven, or None. CHROMIUM names one by hand."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def find_or_install_chromium() -> str | None:
    """Give a Chromium for the browser tests, or None after saying what would bring one."""
    if find_chromium() is None:
        _try_to_install(CHROMIUM, "Chromium for the browser tests 浏览器测试")
    if not ON_MAC and not _loads(DRIVER_LIBRARY):
        _try_to_install(DRIVER, "a library of the browser's driver 浏览器驱动的系统库")
    return find_chromium()


def find_or_install_webkit() -> bool:
    """Tell whether WebKitGTK can be driven, after installing it where that is allowed."""
    programs = ("WebKitWebDriver", "Xvfb")
    if not all(map(shutil.which, programs)) and shutil.which("apt-get"):
        _try_to_install(WEBKIT, "WebKitGTK for the browser tests 浏览器测试")
    return all(map(shutil.which, programs))


def find_or_install_pdf_readers() -> bool:
    """Tell whether certificates can be read by others' programs, after installing them if allowed."""
    programs = ("pdfsig", "qpdf", "zbarimg")
    if not all(map(shutil.which, programs)):
        _try_to_install(
            PDF_READERS, "readers of signed PDF files and codes 签名文件和二维码的检查工具"
        )
    return all(map(shutil.which, programs))


def find_or_install_node() -> bool:
    """Tell whether node and npm are there, after installing them if allowed."""
    programs = ("node", "npm")
    if not all(map(shutil.which, programs)):
        _try_to_install(NODE, "node for verifiers of signed credentials 电子凭证的检查工具")
    return all(map(shutil.which, programs))


def find_or_install_postgresql() -> Path | None:
    """Give the folder of PostgreSQL's programs, or None after saying what would bring them."""
    if find_programs() is None:
        _try_to_install(POSTGRESQL, "PostgreSQL for the tests 数据库测试")
    return find_programs()


def find_or_install_faketime() -> Path | None:
    """Return libfaketime, or None after saying what would bring it."""
    if faketime.library() is None and not ON_MAC:
        _try_to_install(FAKETIME, "libfaketime for tests of the clock 时钟测试")
    return faketime.library()


def install(needs: list[Packages], what: str) -> None:
    """Install as root with apt; otherwise stop with the command a person has to run."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise SetupError(
            f"Missing: {what}. Run 请运行: {command(needs)} and then this script again."
        )
    names = [name for need in needs for name in need.apt]
    say(f"==> Installing {what}: {' '.join(names)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # An earlier run that was interrupted leaves dpkg waiting for this.
    subprocess.run(["dpkg", "--configure", "-a"], env=quiet, check=False, capture_output=True)
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    # One unreachable extra source must not stop us; the installation tells whether it mattered.
    subprocess.run([*apt, "update"], env=quiet, check=False, capture_output=True)
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *names],
        env=quiet,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if line.startswith("E:")]
        reason = errors[0] if errors else f"apt-get ended with {done.returncode}"
        raise SetupError(
            f"{reason} Check the network and the disk, run: {command(needs)} and then this "
            "script again. 系统包安装失败，请检查网络和磁盘。"
        )


def command(needs: list[Packages]) -> str:
    """Give the exact line that installs these needs on this kind of system."""
    if shutil.which("apt-get"):
        names = [name for need in needs for name in need.apt]
        return f"sudo apt-get install -y {' '.join(names)}"
    if shutil.which("dnf"):
        names = [name for need in needs for name in need.dnf]
        return f"sudo dnf install -y {' '.join(names)}"
    names = [name for need in needs for name in need.brew]
    return f"brew install {' '.join(names)}"


def library_path() -> dict[str, str]:
    """Give the environment a child needs to find Homebrew's libraries; empty elsewhere."""
    if not ON_MAC:
        return {}
    folders = ":".join(str(folder) for folder in MAC_FOLDERS)
    return {"DYLD_FALLBACK_LIBRARY_PATH": folders}


def _try_to_install(need: Packages, what: str) -> None:
    try:
        install([need], what)
    except SetupError as reason:
        say(f"!!  {reason}")


def _libraries_load() -> bool:
    if ON_MAC:
        return all(any((f / name).exists() for f in MAC_FOLDERS) for name in MAC_LIBRARIES)
    return all(_loads(name) for name in LIBRARIES)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_chinese_font() -> bool:
    """Tell whether a static Chinese font lies where fontconfig looks.

    Read from the folders, because a bare machine has no fc-list.
    """
    patterns = ("Noto*CJK*", "SourceHan*", "NotoSansSC*", "NotoSerifSC*")
    return any(
        font.suffix.lower() in {".ttc", ".otf", ".ttf"} and "VF" not in font.name
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for pattern in patterns
        for font in folder.rglob(pattern)
    )
