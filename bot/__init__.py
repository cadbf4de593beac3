"""Confab's program.

The core decides, the store remembers, the courier delivers, the doors translate.

``core/`` holds pure values and decisions. ``store/`` keeps them in a database. ``service.py`` joins the two in one
transaction per input. ``courier.py`` carries out what was decided, through the ports in ``ports.py``. ``slack/`` and
``telnyx/`` are the doors and hands on either side. ``bootstrap.py`` puts everything together.
"""

VERSION = "0.1.0"
