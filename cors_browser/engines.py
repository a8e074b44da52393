# SPDX-License-Identifier: MIT-0
"""Where browsers are known to differ from the standard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Where a browser is known to differ from the standard; the defaults are the standard."""

    name: str  #: ``standard``, ``chromium``, ``firefox`` or ``webkit``.
    max_age_cap: int | None = None  #: The most seconds that a preflight is remembered.
    bad_max_age: int = 5  #: The seconds that stand for a malformed ``Access-Control-Max-Age``.
    negative_max_age_is_zero: bool = False  #: ``-1`` means "do not remember", not "malformed".
    caches_wildcards: bool = True  #: A remembered ``*`` answers for other methods and headers.
    shares_credentialed_cache: bool = True  #: A credentialed preflight answers for one without.
    wildcard_covers_authorization: bool = False  #: ``*`` allows the header Authorization.
    combines_headers: bool = False  #: Equal names are joined, then the limit of 128 bytes applies.
    safelists_client_hints: bool = False  #: ``Save-Data``, ``DPR`` and such need no preflight.
    safelists_non_ascii: bool = True  #: Bytes above 0x7f are safe in Accept and Content-Type.
    checks_status_first: bool = False  #: A preflight's status is judged before its CORS headers.
    #: The referrer policy ``no-referrer`` hides the Origin of a POST that is no CORS request.
    no_referrer_hides_origin: bool = True
    #: A page's own User-Agent needs no preflight (#cors-safelisted-request-header).
    safelists_user_agent: bool = False
    #: ``Bytes=0-`` is a Range like ``bytes=0-`` (#cors-safelisted-request-header).
    range_unit_in_any_case: bool = False
    #: A preflight names a header as often as it is set (#cors-unsafe-request-header-names).
    repeats_header_names: bool = False
    #: Preflights bear the page's origin where redirects made it ``null`` (#cors-preflight-fetch).
    preflight_names_page: bool = False
    #: What needs a preflight still does once it is redirected as a GET (#http-fetch).
    preflights_every_hop: bool = False
    #: Preflights also name headers that redirects took away (#cors-preflight-fetch).
    preflight_names_first_headers: bool = False
    #: A redirect brings back headers that an earlier one took away (#http-redirect-fetch).
    rebuilds_headers: bool = False
    #: DELETE becomes GET where it is redirected to another origin (#http-redirect-fetch).
    redirects_delete_as_get: bool = False
    #: What began at the page's own origin is redirected with credentials only (#cors-check).
    redirects_need_credentials: bool = False
    #: A preflight to the page's own origin passes without headers (#cors-check).
    trusts_own_preflight: bool = False
    #: ``*`` exposes all headers though a later member is malformed (#extract-header-list-values).
    exposes_all_despite_errors: bool = False
    #: A failed fetch makes its preflight be forgotten (#main-fetch).
    clears_cache_on_failure: bool = True
    #: So does a redirect where the page wants none (#main-fetch).
    clears_cache_on_redirect: bool = True
    #: What a preflight allows is remembered though it did not suffice (#cors-preflight-fetch).
    remembers_refusals: bool = False
    #: Preflights of pages with the origin ``null`` are remembered (#cors-preflight-cache).
    caches_opaque_origins: bool = True
    #: Preflights after redirects that made the origin ``null`` are, too (#cors-preflight-cache).
    caches_tainted_origins: bool = True
    #: The ports of an IP address are one site to CORP (#cross-origin-resource-policy-check).
    addresses_are_sites: bool = True
    #: A host without a dot is of one site with the origin ``null`` to CORP (there, too).
    bare_hosts_are_sites_of_null: bool = False
    lax_by_default: bool = True  #: Cookies without SameSite are treated as ``SameSite=Lax``.
    third_party_cookies: bool = True  #: Cookies work on other sites than the top-level page's.
    secure_cookies_on_loopback: bool = True  #: ``Secure`` cookies work on http to this machine.


#: The browsers that can be modelled, by name.
PROFILES: dict[str, Profile] = {
    'standard': Profile('standard'),
    'chromium': Profile(
        'chromium', max_age_cap=7200, negative_max_age_is_zero=True, combines_headers=True,
        wildcard_covers_authorization=True, safelists_client_hints=True,
        no_referrer_hides_origin=False, safelists_user_agent=True, clears_cache_on_failure=False,
        caches_opaque_origins=False, caches_tainted_origins=False, addresses_are_sites=False,
        bare_hosts_are_sites_of_null=True,
    ),
    'firefox': Profile(
        'firefox', max_age_cap=86400, bad_max_age=0, caches_wildcards=False,
        shares_credentialed_cache=False, wildcard_covers_authorization=True,
        safelists_non_ascii=False, checks_status_first=True, lax_by_default=False,
        repeats_header_names=True, preflight_names_page=True, preflights_every_hop=True,
        trusts_own_preflight=True, rebuilds_headers=True, exposes_all_despite_errors=True,
        clears_cache_on_redirect=False,
    ),
    'webkit': Profile(
        'webkit', max_age_cap=600, negative_max_age_is_zero=True, lax_by_default=False,
        wildcard_covers_authorization=True, third_party_cookies=False,
        secure_cookies_on_loopback=False, combines_headers=True, range_unit_in_any_case=True,
        preflights_every_hop=True, redirects_delete_as_get=True, clears_cache_on_failure=False,
        preflight_names_first_headers=True, redirects_need_credentials=True,
        remembers_refusals=True, caches_tainted_origins=False,
    ),
}  # fmt: skip
