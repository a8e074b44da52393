"""The allowed origins are rows in a database, and changes take effect within five seconds."""

import os
import time

import falcon
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

    def __call__(self, origin: str) -> bool:
        if time.monotonic() - self.read_at > SECONDS:
            with database.connect() as connection:
                self.origins = frozenset(connection.scalars(sql.select(tenants.c.origin)))
            self.read_at = time.monotonic()
        return origin in self.origins


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App(middleware=CORSMiddleware(allow_origins=TenantOrigins()))
app.add_route('/menu', Menu())
