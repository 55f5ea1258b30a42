import { expect, test } from "bun:test";
import { DrawnOnce } from "../../views/ui/drawn-once.ts";

test("what is drawn is kept by all that it was made of", () => {
  const kept = new DrawnOnce(10);
  const draw = (madeOf: string) => kept.draw(madeOf, () => `<p>${madeOf} ${Bun.randomUUIDv7()}</p>`);
  const first = draw("a");
  expect([draw("a"), draw("b") === first]).toEqual([first, false]);
});

test("a few wide letters are written as references, a text of them stays as it is", () => {
  const kept = new DrawnOnce(10);
  const english = `<p title="Déjà">${"Patients are listed here. ".repeat(20)}<b lang="ur">اردو</b> 👍</p>`;
  const drawn = String(kept.draw("en", () => english));
  expect(drawn).not.toMatch(/[\u{100}-\u{10ffff}]/u);
  expect(drawn).toContain("Déjà");
  const read = drawn.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  expect(read).toBe(english);
  const urdu = `<p>${"مریضوں کی فہرست ".repeat(20)}</p>`;
  expect(kept.draw("ur", () => urdu)).toBe(urdu);
});
