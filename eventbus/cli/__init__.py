"""The command line: `eventbus demo`, `eventbus run`, `eventbus serve`. Needs the extra `cli`."""

import sys


def main() -> None:
    """What the console script calls."""
    try:
        from .commands import commands
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich"):
            raise
        sys.exit(f"the command line needs {missing.name}: pip install 'eventbus[cli]'")
    commands()
