import type { WalkedRoute } from "./routes.ts";

/** What the walk found. */
export class Findings {
  readonly leaks: string[] = [];
  /** Combinations by the part of the walk. */
  readonly counts = new Map<string, number>();
  /** Refused before the right was asked for: no leak, and no proof of the right either. */
  readonly unproven: string[] = [];
  /** Routes that told which right they ask for, and what roles did with rights that are theirs: a walk that found every door shut would prove nothing. */
  rights = 0;
  done = 0;

  get combinations(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  count(part: string): void {
    this.counts.set(part, (this.counts.get(part) ?? 0) + 1);
  }

  leak(route: WalkedRoute, who: string, what: string): void {
    this.leaks.push(`${who}: ${route.name} ${what}`);
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Whether an answer tells of a hospital: its mark, or an id of a row of its that was not in the question. */
export function tellsOf(
  { text }: Answer,
  address: string,
  { mark, ids }: { readonly mark: string; readonly ids: Readonly<Record<string, string>> },
): boolean {
  return (
    text.toLowerCase().includes(mark.toLowerCase()) ||
    Object.values(ids).some((id) => !address.includes(id) && text.includes(id))
  );
}

/** The right that a refusal names, in a problem document or on a page. */
export function permissionOf({ status, text }: Answer): string | null {
  const named = /(?:does not allow this \(|data-right=")([a-z-]+:[a-z-]+)/;
  return status === 403 ? (named.exec(text)?.[1] ?? null) : null;
}

/** The route did what was asked, or leads on as if it had. */
export const isDone = ({ status }: Answer): boolean => status < 400;
