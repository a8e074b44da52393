"""What other frameworks' CORS middlewares do with the same questions.

``apps`` builds one small API on each framework, ``probes`` asks it, and ``python -m
recording.peers`` writes the answers for the guide.
"""
