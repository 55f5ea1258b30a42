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
    const kept = narrow(markup);
    // Looked into, a text that was put together of many is made one piece; each later page copies it as such.
    kept.charCodeAt(0);
    this.#drawn.set(madeOf, kept);
    return kept;
  }
}

const wide = /[\u{100}-\u{10ffff}]/gu;

/**
 * The same markup in letters of one byte, where few are wider: those are written as references. One wide letter would
 * make the text of the whole page twice as long in memory, and slower to send. In a language of wide letters they stay.
 */
function narrow(markup: string): string {
  if ((markup.match(wide)?.length ?? 0) > markup.length / 50) return markup;
  const referred = markup.replace(wide, (letter) => `&#${letter.codePointAt(0)};`);
  return Buffer.from(referred, "latin1").toString("latin1");
}
