#!/usr/bin/env python
"""Chatzee's command line."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatzee.settings")
    if sys.argv[1:2] == ["ai_evaluate"]:
        from ai.evaluation.standalone import lend_settings, spare_streams

        lend_settings()
        spare_streams()
    execute_from_command_line(sys.argv)
