"""The page in the browser: its layout, and what happens when a visitor does something."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from mintmark.app import examination, fragments, sentences
from mintmark.app.examination import Examination, Seen
from mintmark.app.samples import Sample
from mintmark.app.trained import Trained
from mintmark.geometry.regions import SIDES
from mintmark.identification.brought import SUFFIXES
from mintmark.pipeline.stage import InputError

STYLE = Path(__file__).with_name("page.css")
THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="stone",
    font=["system-ui", "sans-serif"],
    font_mono=["monospace"],
).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
)
# Seconds between looks for uploads, and their age at which they go where nobody was seen to leave.
OFTEN, OLD = 60, 3600
# One coin at a time is seen by the network: it belongs to all visitors. Nobody calls it but this page.
ALONE: dict[str, Any] = {
    "concurrency_id": "network",
    "concurrency_limit": 1,
    "api_visibility": "private",
}


class Page:
    """The page of one run. What a visitor sees hangs on the state of his own session alone."""

    def __init__(self, trained: Trained, samples: Sequence[Sample]) -> None:
        self.trained, self.samples = trained, list(samples)
        self.uploads: defaultdict[str, set[Path]] = defaultdict(set)  # by session

    def build(self) -> gr.Blocks:
        """Lay out the page and say what its parts do."""
        with gr.Blocks(
            title="mintmark", analytics_enabled=False, delete_cache=(OFTEN, OLD)
        ) as blocks:
            self.examined, self.seen, self.listed = gr.State(), gr.State(), gr.State(0)
            gr.HTML(fragments.introduction(self.trained))
            with gr.Row(equal_height=False):
                with gr.Column(scale=2, min_width=300):
                    self._brought()
                with gr.Column(scale=3, min_width=300):
                    self.answer = gr.HTML(fragments.part("hint", sentences.NOTHING_YET))
                    self.photographs = gr.HTML()
            with gr.Column(visible=False, elem_id="results") as self.results:
                self._results()
            self._events(blocks)
        return blocks

    def _brought(self) -> None:
        self.files = gr.File(
            label="Obverse and reverse of a coin",
            file_count="multiple",
            file_types=sorted(SUFFIXES),
            height=150,
        )
        self.swap = gr.Button("Swap obverse and reverse", visible=False, size="sm")
        gr.HTML(fragments.part("hint", sentences.SAMPLES))
        self.gallery = gr.Gallery(
            [(sample.image, f"coin {sample.brought['id'].iloc[0]}") for sample in self.samples],
            label=sentences.SAMPLES,
            show_label=False,
            elem_id="samples",
            columns=2,
            height="auto",
            object_fit="contain",
            allow_preview=False,
            interactive=False,
            buttons=[],
        )

    def _results(self) -> None:
        with _beside(sentences.HEAT, sentences.HEAT_LINE) as words:
            self.heat = gr.HTML()
        with words:
            gr.HTML(fragments.scale())
        with _beside(sentences.HIDDEN, sentences.HIDDEN_LINE) as words:
            self.left = gr.HTML()
            self.masked = gr.HTML()
        with words:
            labels = [choice.label for choice in self.trained.choices]
            self.choice = gr.Radio(
                [(label, place) for place, label in enumerate(labels)], value=0, label="Hide"
            )
            self.share = gr.Slider(
                0, 100, 0, step=1, label="How much is hidden, in %",
                info=sentences.border(self.trained.border),
            )  # fmt: skip
        with gr.Column():
            gr.HTML(fragments.part("heading", sentences.SIMILAR, sentences.SIMILAR_LINE))
            self.similar = gr.HTML()

    def _events(self, blocks: gr.Blocks) -> None:
        coin = [
            self.examined, self.seen, self.answer, self.photographs, self.results, self.swap,
            self.heat, self.similar, self.choice, self.share, self.left, self.masked,
        ]  # fmt: skip
        gr.on(
            [self.files.upload, self.files.delete, self.files.clear],
            self._uploaded, [self.files, self.listed], [self.files, self.listed, *coin], **ALONE,
        )  # fmt: skip
        self.gallery.select(self._sampled, None, [self.files, self.listed, *coin], **ALONE)
        self.swap.click(self._swapped, self.examined, coin, **ALONE)
        live = {"trigger_mode": "always_last", "show_progress": "hidden", **ALONE}
        masked = [self.seen, self.choice, self.share]
        shown = [self.left, self.masked]
        self.share.input(self._masked, masked, shown, **live)
        self.choice.input(self._chosen, masked[:2], [self.share, *shown], **live)
        blocks.unload(self._forget)

    def _uploaded(self, files: list[str] | None, listed: int, request: gr.Request) -> tuple:
        """Name what was dropped; without files, begin anew.

        listed: how many files there were before. Where more than two sides are there, those that came
        last are another coin. Files that can't be used leave the list.
        """
        given = [Path(file) for file in files or []]
        self.uploads[str(request.session_hash)] |= set(given)
        if len(given) > len(SIDES):
            given = given[listed:]
        if not given:
            return None, 0, *self._nothing(fragments.part("hint", sentences.NOTHING_YET))
        try:
            coin = examination.read(given)
        except InputError as error:
            return None, 0, *self._nothing(fragments.part("wrong", [str(error)]))
        examined = examination.examine(coin, self.trained)
        usable = [str(file) for file in given if file in examined.usable]
        return usable, len(usable), *self._named(examined)

    def _sampled(self, event: gr.SelectData) -> tuple:
        """Name a sample coin, in the place of what was dropped."""
        sample = self.samples[event.index]
        return None, 0, *self._named(examination.examine(sample.brought, self.trained, sample))

    def _swapped(self, examined: Examination) -> tuple:
        """Name the same coin, its sides swapped."""
        coin = examination.swapped(examined.brought)
        return self._named(examination.examine(coin, self.trained, examined.sample))

    def _named(self, examined: Examination) -> tuple:
        """All parts of the page that show a coin, in the order of `_events`."""
        answer = fragments.answer(examined, self.trained)
        photographs = fragments.photographs(examined)
        if examined.seen is None:
            return self._nothing(answer, photographs)
        return (
            examined,
            examined.seen,
            answer,
            photographs,
            gr.Column(visible=True),
            gr.Button(visible=True),
            fragments.heat(examined.seen),
            fragments.similar(examined, examined.seen, self.trained),
            0,
            0,
            *self._masked(examined.seen, 0, 0),
        )

    def _nothing(self, text: str, photographs: str = "") -> tuple:
        """The page without a coin: a text in the place of the answer, and perhaps photographs."""
        hidden = gr.Column(visible=False), gr.Button(visible=False)
        return None, None, text, photographs, *hidden, *6 * [gr.skip()]

    def _masked(self, seen: Seen, choice: int, percent: float) -> tuple[str, str]:
        """What the network makes of the coin with so many percent of a choice hidden, and the coin."""
        chosen, share = self.trained.choices[choice], percent / 100
        image, chances = examination.hide(seen, chosen, share, self.trained)
        sentence = sentences.change(seen, chosen, share, chances, self.trained.index.names)
        return fragments.left(seen, sentence, chances, self.trained), fragments.masked(seen, image)

    def _chosen(self, seen: Seen, choice: int) -> tuple:
        """Hide of another choice as much as the report does."""
        percent = round(100 * self.trained.choices[choice].standard)
        return percent, *self._masked(seen, choice, percent)

    def _forget(self, request: gr.Request) -> None:
        """Delete what a visitor uploaded, who has left."""
        for file in self.uploads.pop(str(request.session_hash), ()):
            file.unlink(missing_ok=True)


@contextmanager
def _beside(heading: str, line: str) -> Iterator[gr.Column]:
    """A row of words and pictures: gives the column of words, and puts what follows beside it."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300) as words:
            gr.HTML(fragments.part("heading", heading, line))
        with gr.Column(scale=3, min_width=300):
            yield words
