/** What the app sends the hospital's database, and how it is sent again as somebody else's. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A value that is new each time, as it was seen, and how it is made. */
export interface Fresh {
  readonly seen: string;
  readonly kind: "uuid" | "text";
}

/** Runs one request and answers what it sent meanwhile. `heard` is a stand's. */
export async function statementsOf(
  heard: { text: string; values: readonly unknown[] }[],
  request: () => Promise<Response>,
): Promise<{ readonly statements: readonly Statement[]; readonly response: Response }> {
  heard.length = 0;
  const response = await request();
  return { statements: heard.map(({ text, values }) => ({ text, values: [...values] })), response };
}

/** What of a registration is new each time: the ids that it inserted, made in the same minute as its own, and the MRN. */
export function freshOf(
  statements: readonly Statement[],
  made: { readonly id: string; readonly mrn: string },
): readonly Fresh[] {
  const ids = statements
    .flatMap(({ text, values }) => (/^\s*insert/i.test(text) ? values : []))
    .filter(
      (value): value is string =>
        typeof value === "string" &&
        /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value) &&
        value.slice(0, 8) === made.id.slice(0, 8),
    );
  return [
    ...[...new Set(ids)].map((seen) => ({ seen, kind: "uuid" as const })),
    { seen: made.mrn, kind: "text" },
  ];
}

/** New ones in place of those seen, for one more run. */
export function newValues(fresh: readonly Fresh[]): ReadonlyMap<unknown, string> {
  return new Map(
    fresh.map(({ seen, kind }) => [
      seen,
      kind === "uuid" ? Bun.randomUUIDv7() : Bun.randomUUIDv7().slice(-12),
    ]),
  );
}

/** A statement's values with what is new put in. */
export const withNew = (values: readonly unknown[], fresh: ReadonlyMap<unknown, string>): unknown[] =>
  values.map((value) => fresh.get(value) ?? value);
