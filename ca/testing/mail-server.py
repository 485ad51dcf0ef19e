#!/usr/bin/python3
# A mail server of one test (aiosmtpd): says on standard output what it was given, a line of JSON each.
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

wishes = json.loads(sys.argv[1])


def say(thing):
    print(json.dumps(thing), flush=True)


class Box:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in wishes.get("refused", []):
            return "550 5.1.1 nobody of that name"
        if address in wishes.get("deferred", []):
            wishes["deferred"].remove(address)
            return "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "raw": base64.b64encode(envelope.original_content).decode(),
                "tls": session.ssl is not None,
                "user": session.auth_data,
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    given = [data.login.decode(), data.password.decode()]
    if given != wishes.get("login"):
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=given[0])


def protocol(context):
    login = wishes.get("login") is not None
    return SMTP(
        Box(),
        hostname="localhost",
        tls_context=context,
        require_starttls=context is not None,
        authenticator=authenticate if login else None,
        auth_required=login,
        # It does not count TLS from the start as TLS.
        auth_require_tls=login and context is not None,
    )


async def serve():
    context = None
    if "key" in wishes:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(wishes["certificate"], wishes["key"])
    implicit = wishes.get("implicit", False)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(None if implicit else context),
        "127.0.0.1",
        wishes.get("port", 0),
        ssl=context if implicit else None,
    )
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(serve())
