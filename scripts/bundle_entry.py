"""Where the bundled program starts."""

import sys

from opspilot_desktop.__main__ import main

sys.exit(main())
