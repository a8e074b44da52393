"""/etc/bakery/gunicorn.conf.py: gunicorn behind nginx, on the same machine."""

bind = '127.0.0.1:8000'
workers = 2  # processes; begin with the number of cores
threads = 4  # requests at a time in each process
timeout = 30  # seconds without a sign of life, after which a worker is replaced
graceful_timeout = 20  # seconds to finish requests when it stops
keepalive = 75  # seconds; longer than nginx keeps it, so that nginx closes first
forwarded_allow_ips = '127.0.0.1'  # whose X-Forwarded-Proto counts
accesslog = None  # nginx writes one, without query strings
