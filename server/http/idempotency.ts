import { and, eq } from "drizzle-orm";
import type { ControlDb, ControlTx, HospitalDb, HospitalTx } from "../../db/planes.ts";
import type { IdempotencyTable } from "../../db/schema/idempotency.ts";
import { sha256, type Vault } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { factsOf } from "./facts.ts";

/** The form field that carries the key, as the header `Idempotency-Key` does for API clients. */
export const idempotencyField = "idempotencyKey";

/** An answer given before under the same key: given again, the act not done again. */
export class Replayed extends Error {
  override readonly name = "Replayed";
  readonly response: Response;

  constructor(response: Response) {
    super("This request was answered before.");
    this.response = response;
  }
}

/** The answer to this request holds a secret: it is not kept, so the same key again answers 409 rather than tell it. */
export function toldOnce(request: Request): void {
  factsOf(request).keepAnswer = null;
}

type Db = ControlDb | HospitalDb;

/** Claims the key in a transaction of the act; called once, before the act's first write. */
export type ClaimKey = (tx: ControlTx | HospitalTx) => Promise<void>;

interface Keyed {
  readonly request: Request;
  readonly body: unknown;
  readonly actorId: string;
  readonly db: Db;
  readonly table: IdempotencyTable;
  readonly now: Date;
  /** Answers are kept sealed: they hold patients, and passwords that are told once. */
  readonly vault: Vault;
}

function keyOf(request: Request, body: unknown): string | null {
  const header = request.headers.get("idempotency-key");
  const field: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, idempotencyField) : undefined;
  const key = header ?? (typeof field === "string" && field !== "" ? field : null);
  if (key === null || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new AppError(
    "malformed",
    "idempotency.unreadable",
    "Idempotency-Key must be 1 to 200 visible ASCII characters.",
  );
}

function fingerprintOf(request: Request, body: unknown): string {
  const text =
    typeof body === "object"
      ? JSON.stringify(body, (name, value) => {
          // A password's unsalted hash would be as good as the password.
          if (/password/i.test(name)) return "";
          return value instanceof Blob ? `${value.size} ${value.type}` : value;
        })
      : String(body);
  return sha256(`${request.method} ${new URL(request.url).pathname}\n${text}`);
}

const answerHeaders = ["content-type", "location", "etag", "hx-redirect"];

/** What was answered; undefined where it was sealed with a key that is gone since. */
function openBody(vault: Vault, row: IdempotencyTable["$inferSelect"]): string | null | undefined {
  if (!row.sealed || row.body === null) return row.body;
  try {
    return vault.unseal(row.body);
  } catch {
    return undefined;
  }
}

/**
 * Where a request that changes something carries a key: gives the kept answer again if there is one, else a
 * claim for the act's own transaction. The key's row and the act commit together, so that the act is never
 * done twice, even where the process dies before the answer is kept; then the key answers 409.
 * @throws Replayed; AppError conflict (409), invalid (422) where the key was used for another request.
 */
export async function idempotentClaim(keyed: Keyed): Promise<ClaimKey | null> {
  const { request, body, actorId, db, table, now, vault } = keyed;
  if (request.method === "GET" || request.method === "HEAD") return null;
  const key = keyOf(request, body);
  if (key === null) return null;
  const fingerprint = fingerprintOf(request, body);
  const which = and(eq(table.actorId, actorId), eq(table.key, key));

  const replay = async (from: Db): Promise<boolean> => {
    const [row] = await from.select().from(table).where(which);
    if (row === undefined) return false;
    if (row.fingerprint !== fingerprint)
      throw new AppError(
        "invalid",
        "idempotency.reused",
        "This Idempotency-Key was used for another request.",
      );
    if (row.status === null) return true;
    const kept = openBody(vault, row);
    if (kept === undefined) return true;
    throw new Replayed(
      new Response(kept, {
        status: row.status,
        headers: { ...row.headers, "idempotency-replayed": "true" },
      }),
    );
  };
  const underWay = () =>
    new AppError(
      "conflict",
      "idempotency.in-progress",
      "The same request is being carried out, or was cut off after it was. Look before you send it with a new key.",
      { retryAfterSeconds: 1 },
    );

  if (await replay(db)) throw underWay();
  let claimed = false;
  return async (tx) => {
    if (claimed) return;
    const inserted = await tx
      .insert(table)
      .values({ actorId, key, fingerprint, createdAt: now })
      .onConflictDoNothing()
      .returning({ key: table.key });
    if (inserted.length === 0) {
      // By this transaction's own connection: were each of many to ask for a second one, all would wait for ever.
      await replay(tx);
      throw underWay();
    }
    claimed = true;
    factsOf(request).keepAnswer = async (response) => {
      const text = await response.text();
      const headers: Record<string, string> = {};
      for (const name of answerHeaders) {
        const value = response.headers.get(name);
        if (value !== null) headers[name] = value;
      }
      const sealed = { body: vault.seal(text), sealed: true };
      await db
        .update(table)
        .set({ status: response.status, headers, ...sealed })
        .where(which);
      const hasBody = response.status !== 204 && response.status !== 304;
      return new Response(hasBody ? text : null, { status: response.status, headers: response.headers });
    };
  };
}
