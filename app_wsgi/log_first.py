"""A new list of origins that only logs what it would refuse, while everyone can still read."""

import logging

import falcon

from cors import CORSMiddleware, Policy

log = logging.getLogger('bakery')
plan = Policy(allow_origins=['https://shop.example.com'])


class Rehearsal:
    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        origin = req.get_header('Origin')
        decision = plan.decide(origin, req.method)
        if origin is not None and not decision.allowed:
            log.warning('the list would refuse %a: %s', origin[:200], decision.reason)


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App(middleware=CORSMiddleware(allow_origins='*'))
app.add_middleware(Rehearsal())
app.add_route('/menu', Menu())
