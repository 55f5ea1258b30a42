/**
 * Keeps what was drawn within this minute, by all that it was made of, as one text. What is left out of that text may
 * show another's markup, so leave nothing out.
 */
export class DrawnOnce {
  readonly #drawn = new Map<string, string>();
  readonly #atMost: number;
  #minute = 0;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  draw(madeOf: string, draw: () => JSX.Element): JSX.Element {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute || this.#drawn.size >= this.#atMost) this.#drawn.clear();
    this.#minute = minute;
    const known = this.#drawn.get(madeOf);
    if (known !== undefined) return known;
    const markup = draw();
    if (typeof markup !== "string") return markup;
    // Looked into, a text that was put together of many is made one piece; each later page copies it as such.
    markup.charCodeAt(0);
    this.#drawn.set(madeOf, markup);
    return markup;
  }
}
