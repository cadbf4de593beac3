"""``python -m web`` is the ``confab`` command."""

from web.cli import main

main()
