"""The report's pages, laid out by templates beside this file."""

from pathlib import Path

import jinja2

from mintmark.report import phrases

FOLDER = Path(__file__).parent


def render(name: str, **values: object) -> str:
    """Lay out the page of a template beside this file. What it names but isn't given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals |= {"interval": phrases.interval, "hundred": phrases.hundred}
    return environment.get_template(name).render(**values)
