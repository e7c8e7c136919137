"""The page that asks what if, as tests meet it: its server, requests, the page in a browser, files dropped on it."""

import http.client
import re
import signal
import subprocess
from contextlib import closing, contextmanager

from browser import PATIENCE_MS, SIZES
from commands import CORRIDOR


@contextmanager
def served(folder, *words):
    """The page's server, while the block lasts: its address with the token. An interrupt ends it, with status 0."""
    process = subprocess.Popen(
        [CORRIDOR, "app", *words, "-j", "1"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield re.search(r"http://\S+", process.stdout.readline()).group()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def answer_to(address, path="/", method="GET", body=None, **headers):
    """Status and text of what the server answers to a request."""
    host = address.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=60)
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    with closing(connection):
        connection.request(method, path, body, names)
        response = connection.getresponse()
        return response.status, response.read().decode()


@contextmanager
def visited(browser, address, width=1280, colours="light"):
    """The page, opened; it complains of nothing and asks nothing of any other place."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, color_scheme=colours)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints, asked = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("html[data-ready=true]")
    yield page
    home = "/".join(address.split("/")[:3])
    assert complaints == [] and all(url.startswith((home, "blob:", "data:")) for url in asked), (complaints, asked)
    context.close()


def dropped(page, name, text):
    """Drop a file on the page, whose content is text or bytes."""
    page.evaluate(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([Array.isArray(text) ? new Uint8Array(text) : text], name));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [name, [*text] if isinstance(text, bytes) else text],
    )
