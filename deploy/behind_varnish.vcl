# /etc/varnish/default.vcl: a shared cache between a proxy that ends TLS and the API
vcl 4.1;

# gunicorn or uvicorn; a response that begins later is a 503
backend bakery {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 2s;
    .first_byte_timeout = 30s;
}

sub vcl_recv {
    if (req.http.Upgrade ~ "(?i)^websocket$") {
        return (pipe);
    }
    if (req.http.Content-Length ~ "^[0-9]{7,}$") {
        return (synth(413));        # a body of 1,000,000 bytes or more
    }
    # Varnish's own rules follow: no OPTIONS, cookie or token is cached
}

sub vcl_pipe {
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = "Upgrade";
}

# Who may read the errors that Varnish makes itself: the origins of your program
sub own_error {
    if (req.http.Origin == "https://shop.example.com") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
    }
    set resp.http.Vary = "Origin";
    set resp.http.Content-Type = "application/json";
}

sub vcl_synth {
    call own_error;
    set resp.body = {"{"title": "Varnish: "} + resp.status + {"""} + "}";
    return (deliver);
}

sub vcl_backend_response {
    unset beresp.http.X-Own-Error;
    # Varnish would store for two minutes what doesn't say for how long
    if (!beresp.http.Cache-Control) {
        set beresp.ttl = 0s;
    }
}

sub vcl_backend_error {
    set beresp.http.X-Own-Error = "1";
    set beresp.body = {"{"title": "Varnish: "} + beresp.status + {"""} + "}";
    return (deliver);
}

sub vcl_deliver {
    if (resp.http.X-Own-Error) {
        call own_error;
    }
    unset resp.http.X-Own-Error;
    # HIT means that nobody sent the request to the API:
    set resp.http.X-Cache = "MISS";
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
