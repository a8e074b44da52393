"""The allowed origins are rows in a database, and changes take effect within five seconds."""

import asyncio
import os
import time

import falcon.asgi
import sqlalchemy as sql

from cors import CORSMiddleware

SECONDS = 5  # how long the rows are cached
if 'DATABASE_URL' not in os.environ:
    raise RuntimeError('Set DATABASE_URL, such as sqlite:///tenants.sqlite')
database = sql.create_engine(os.environ['DATABASE_URL'], poolclass=sql.NullPool)
tenants = sql.Table('tenants', sql.MetaData(), sql.Column('origin', sql.String, primary_key=True))
tenants.create(database, checkfirst=True)


class TenantOrigins:
    origins, read_at = frozenset[str](), float('-inf')

    async def __call__(self, origin: str) -> bool:
        if time.monotonic() - self.read_at > SECONDS:
            self.origins = await asyncio.to_thread(self.read)  # the event loop goes on meanwhile
            self.read_at = time.monotonic()
        return origin in self.origins

    def read(self) -> frozenset[str]:
        with database.connect() as connection:
            return frozenset(connection.scalars(sql.select(tenants.c.origin)))


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(middleware=CORSMiddleware(allow_origins=TenantOrigins()))
app.add_route('/menu', Menu())
