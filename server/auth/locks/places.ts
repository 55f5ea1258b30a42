import { and, eq, gt, lt, or, sql } from "drizzle-orm";
import { sha256 } from "../../crypto.ts";
import type { Plane } from "../plane.ts";

/** A browser or an address is known for half a year after the last sign-in there. */
const knownDays = 180;

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * 86_400_000);

/** Whether the account has signed in from this browser before, or else from this address. */
// open: part of sign-in
export async function isKnownPlace(plane: Plane, email: string): Promise<"device" | "address" | null> {
  const person = await plane.personByEmail(email);
  if (person === null) return null;
  const { devices } = plane.lockout;
  const { device, address } = plane.client;
  const hash = device == null ? null : sha256(device);
  const rows = await plane.db
    .select({ deviceHash: devices.deviceHash, address: devices.address })
    .from(devices)
    .where(
      and(
        eq(devices.personId, person.id),
        gt(devices.lastAt, daysBefore(plane.clock.now(), knownDays)),
        or(eq(devices.deviceHash, hash ?? ""), eq(devices.address, address ?? "")),
      ),
    );
  if (hash !== null && rows.some((row) => row.deviceHash === hash)) return "device";
  return rows.length > 0 ? "address" : null;
}

/** Where an account has signed in. */
interface UsedPlace {
  readonly deviceHash: string | null;
  readonly address: string | null;
  readonly lastAt: Date;
}

/** The browsers and addresses where the account has signed in. */
// open: part of sign-in
export function readPlaces(plane: Plane, personId: string): Promise<readonly UsedPlace[]> {
  const { devices } = plane.lockout;
  return plane.db
    .select({ deviceHash: devices.deviceHash, address: devices.address, lastAt: devices.lastAt })
    .from(devices)
    .where(eq(devices.personId, personId));
}

/**
 * Whether the account has been used in this browser before (a program that keeps no mark: from this address), or
 * never anywhere.
 */
// open: part of sign-in
export async function isFamiliarPlace(
  plane: Plane,
  personId: string,
  places: readonly UsedPlace[],
): Promise<boolean> {
  const { device, address } = plane.client;
  if (places.length === 0) return neverSignedIn(plane, personId);
  if (device == null) return address === null || places.some((place) => place.address === address);
  const hash = sha256(device);
  return places.some((place) => place.deviceHash === hash);
}

async function neverSignedIn(plane: Plane, personId: string): Promise<boolean> {
  const { sessions } = plane.tables;
  const [before] = await plane.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.personId, personId))
    .limit(1);
  return before === undefined;
}

/** Notes the browser and the address as the account's own; once a day for each. */
// open: part of sign-in
export async function rememberPlace(
  plane: Plane,
  personId: string,
  places: readonly UsedPlace[],
): Promise<void> {
  const { devices } = plane.lockout;
  const now = plane.clock.now();
  const { device, address } = plane.client;
  const deviceHash = device == null ? null : sha256(device);
  if (deviceHash === null && address === null) return;
  const noted = places.find((place) => place.deviceHash === deviceHash && place.address === address);
  if (noted !== undefined && noted.lastAt > daysBefore(now, 1)) return;
  const same = and(
    eq(devices.personId, personId),
    sql`${devices.deviceHash} is not distinct from ${deviceHash}`,
    sql`${devices.address} is not distinct from ${address}`,
  );
  await plane.write(async (tx) => {
    await tx
      .delete(devices)
      .where(or(same, and(eq(devices.personId, personId), lt(devices.lastAt, daysBefore(now, knownDays)))));
    await tx.insert(devices).values({ id: Bun.randomUUIDv7(), personId, deviceHash, address, lastAt: now });
  });
}
