"""Each customer's page can only read from that customer's host."""

import falcon.asgi

from cors import CORSMiddleware

# The host of each customer's API, and the origin of the customer's page.
PAGES = {
    'api.example.com': 'https://shop.example.com',
    'partner-api.example.com': 'https://partner.example.com',
}


async def is_page_of_tenant(origin: str, req: falcon.asgi.Request) -> bool:
    return origin == PAGES.get(req.host)


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=is_page_of_tenant,
        allow_credentials=True,
    )
)
app.add_route('/menu', Menu())
