"""`python -m focal_depth`: the command."""

import sys

from .cli.main import main

sys.exit(main())
