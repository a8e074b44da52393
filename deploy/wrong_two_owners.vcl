# Wrong on purpose: Varnish replaces the header that Falcon sends
vcl 4.1;

backend bakery {
    .host = "127.0.0.1";
    .port = "8000";
}

sub vcl_deliver {
    # Wrong: now every site can read every response.
    set resp.http.Access-Control-Allow-Origin = "*";
}
