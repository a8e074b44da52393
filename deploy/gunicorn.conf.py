"""/etc/bakery/gunicorn.conf.py: gunicorn behind nginx, on the same machine."""

bind = '127.0.0.1:8000'
workers = 2  # processes; start with the number of cores
threads = 4  # concurrent requests in each process
timeout = 30  # seconds after which a silent worker is replaced
graceful_timeout = 20  # seconds to finish requests on shutdown
keepalive = 75  # seconds; longer than nginx's, so that nginx closes connections first
forwarded_allow_ips = '127.0.0.1'  # trust X-Forwarded-Proto from nginx only
accesslog = None  # nginx writes one, without query strings
