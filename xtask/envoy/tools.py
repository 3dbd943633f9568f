"""An MCP server with a tool, on the SDK's own server, and its client through the gateway."""

import asyncio
import threading

import uvicorn
from gateway import free_port
from mcp import Client
from mcp.server import MCPServer
from model import key


class Tools:
    """Remembers what its tool was given."""

    def __init__(self):
        self.given, self.port = [], free_port()
        server = MCPServer("tools")

        @server.tool()
        def say(text: str) -> str:
            """Says it again, and a key."""
            self.given.append(text)
            return f"{text} and {key()}"

        config = uvicorn.Config(server.streamable_http_app(), host="127.0.0.1", port=self.port, log_level="error", log_config=None)
        self.uvicorn = uvicorn.Server(config)
        threading.Thread(target=self.uvicorn.run, daemon=True).start()

    def stop(self):
        self.uvicorn.should_exit = True


def call(url, name, arguments):
    """Calls a tool: whether the result is an error, and its text."""
    async def run():
        async with Client(f"{url}/mcp") as client:
            result = await client.call_tool(name, arguments)
            return bool(result.is_error), "".join(part.text for part in result.content)

    return asyncio.run(run())
