import { formatDuration, formatInstant } from "../../format.ts";
import type { Page } from "../../page.ts";

/** What may be lost beyond the copy's last tick, in a sentence or two. */
export function lostWords(
  page: Page,
  lost: {
    readonly seconds: number | null;
    readonly lastTickAt: Date | null;
    readonly waitingRows: number | null;
  },
): string {
  const { copying: t } = page.t;
  if (lost.seconds === 0) return t.lostNothing;
  if (lost.seconds === null || lost.lastTickAt === null) return t.lostUnknown;
  const words = t.lostText(formatDuration(page, lost.seconds * 1000), formatInstant(page, lost.lastTickAt));
  return lost.waitingRows ? `${words} ${t.waiting(lost.waitingRows)}` : words;
}
