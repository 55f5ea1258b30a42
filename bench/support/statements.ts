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
    .flatMap(({ text, values }) => (/\binsert into\b/i.test(text) ? values : []))
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
export function newValues(fresh: readonly Fresh[]): ReadonlyMap<string, string> {
  return new Map(
    fresh.map(({ seen, kind }) => [
      seen,
      kind === "uuid" ? Bun.randomUUIDv7() : Bun.randomUUIDv7().slice(-12),
    ]),
  );
}

/** What is new put in, where it is a value of its own and where it lies within one, as in the audit's JSON. */
function withNew(values: readonly unknown[], fresh: ReadonlyMap<string, string>): unknown[] {
  const seen = new RegExp([...fresh.keys()].join("|"), "g");
  return values.map((value) =>
    typeof value === "string" ? value.replace(seen, (old) => fresh.get(old) ?? old) : value,
  );
}

/** The end of an audit lane, as `takeActLane` of server/audit/lanes.ts asks for it. */
interface Lane {
  readonly lane: number;
  readonly n: number;
  readonly mac: string;
  readonly lastId: string | null;
}

/** The values of `addToLane` for one row after this end: without it the statement would find no lane and write nothing. */
function afterLane(values: readonly unknown[], { lane, n, mac, lastId }: Lane): unknown[] {
  const [, newMac, id, at, seal, , , , rows] = values;
  const [row] = JSON.parse(String(rows)) as Record<string, unknown>[];
  return [n + 1, newMac, id, at, seal, lane, n, mac, JSON.stringify([{ ...row, n: n + 1, prev: lastId }])];
}

/**
 * Sends statements again with what is new put in; each row of the audit goes after the end of the lane it took.
 * @param send runs one statement, prepared where it has values.
 * @throws where the audit did not take a row: what was sent would be less than what the app does.
 */
export async function sendAgain(
  send: (text: string, values: unknown[]) => Promise<readonly Record<string, unknown>[]>,
  statements: readonly Statement[],
  made: ReadonlyMap<string, string>,
): Promise<void> {
  let lane: Lane | undefined;
  for (const { text, values } of statements) {
    const own = withNew(values, made);
    const adds = /^\s*with moved/i.test(text);
    if (adds && lane === undefined) throw new Error("No lane of the audit was free.");
    const rows = await send(text, adds && lane !== undefined ? afterLane(own, lane) : own);
    if (/^\s*select lane/i.test(text)) lane = rows[0] as unknown as Lane | undefined;
    if (adds && rows.length !== 1) throw new Error("The audit did not take the row.");
  }
}
