import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import type { KeyDoor } from "../auth/keys/key-door.ts";
import { needsAppKey } from "../auth/keys/key-policy.ts";
import { keySides } from "../auth/keys/key-sides.ts";
import { looksLikeKey } from "../auth/keys/key-text.ts";
import { type KnownKey, keyOfText } from "../auth/keys/presented-key.ts";
import { tenantsOfOperator } from "../auth/owner-actor.ts";
import { AppError } from "../errors.ts";
import type { HospitalGate, OwnerGate } from "../tenancy/context.ts";
import { factsOf } from "./facts.ts";
import { limitStranger } from "./rate-limit.ts";

/** Where a hospital's keys are looked up. */
export function hospitalKeyDoor({ hospital, db, clock, client }: HospitalGate): KeyDoor {
  return { where: hospital.id, db, clock, client, ...keySides.hospital };
}

/** Where the owner plane's keys are looked up. */
export function ownerKeyDoor({ db, clock, client }: OwnerGate): KeyDoor {
  return { where: "owner", db, clock, client, ...keySides.owner, reachOf: (id) => reachOf(db, id) };
}

/** A key reaches no further than its maker: where they are a group admin by now, the hospitals they are given. */
async function reachOf(db: OwnerGate["db"], makerId: string): Promise<ReadonlySet<string> | null> {
  const [maker] = await db
    .select({ role: operators.role, tenantIds: tenantsOfOperator })
    .from(operators)
    .where(eq(operators.id, makerId));
  return maker?.role === "group-admin" ? new Set(maker.tenantIds) : null;
}

/** The API key a request carries, as `Authorization: Bearer wl_…` or `X-API-Key`; null where it carries none. */
export function apiKeyText(request: Request, bearer: string | null): string | null {
  if (bearer !== null) return looksLikeKey(bearer) ? bearer : null;
  return request.headers.get("x-api-key");
}

const refused = (code: string, message: string) => new AppError("unauthenticated", code, message);

/** The key that acts. @throws AppError unauthenticated (401) `key.unknown`; forbidden (403) `key.address`. */
async function enterByKey(door: KeyDoor, text: string): Promise<KnownKey> {
  const key = await keyOfText(door, text, "api");
  if (key === null) throw refused("key.unknown", "This API key is unknown, expired or revoked.");
  return key;
}

/**
 * Lets a program in by its API key; who sends one that is none counts as a stranger.
 * @throws AppError unauthenticated (401) `key.unknown`; forbidden (403) `key.address`; too-many (429).
 */
export async function admitKey(request: Request, door: KeyDoor, text: string): Promise<KnownKey> {
  const key = await enterByKey(door, text).catch((error: unknown) => {
    limitStranger(request, door.client.address);
    throw error;
  });
  factsOf(request).stillOpen = () =>
    enterByKey(door, text).then(
      () => true,
      () => false,
    );
  return key;
}

/**
 * Which program makes a call that carries nobody's token: by its app key, where it sends one or has to.
 * @throws AppError unauthenticated (401) `app-key.unknown`, `app-key.required`; too-many (429).
 */
export async function nameProgram(request: Request, door: KeyDoor): Promise<void> {
  limitStranger(request, door.client.address);
  const text = request.headers.get("x-app-key");
  if (text === null) {
    if (await needsAppKey(door))
      throw refused("app-key.required", "Programs name themselves here: send an app key in X-App-Key.");
    return;
  }
  if ((await keyOfText(door, text, "app")) === null)
    throw refused("app-key.unknown", "This app key is unknown, expired or revoked.");
}
