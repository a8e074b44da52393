-- psql --file tenants.sql bakery: once, before the servers start
CREATE TABLE tenants (origin varchar PRIMARY KEY);
INSERT INTO tenants VALUES ('https://shop.example.com');

-- Whoever writes this table decides who reads. The API itself may only look.
CREATE ROLE api LOGIN;
GRANT SELECT ON tenants TO api;
