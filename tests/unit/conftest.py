# SPDX-License-Identifier: MIT-0
"""How many cases the properties are tried with: HYPOTHESIS_PROFILE names it."""

import os

from hypothesis import settings

settings.register_profile('default', max_examples=100, deadline=None, derandomize=True)
settings.register_profile('ci', max_examples=1500, deadline=None)
settings.register_profile('long', max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get('HYPOTHESIS_PROFILE', 'default'))
