import { ownerIdempotencyKeys } from "../../db/schema/control/idempotency.ts";
import { idempotencyKeys } from "../../db/schema/hospital/idempotency.ts";
import { actorKeyOf, type HospitalActor, type OwnerActor } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import type { HospitalContext, HospitalGate, OwnerContext, OwnerGate } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { factsOf } from "./facts.ts";
import { idempotentClaim } from "./idempotency.ts";
import { refuseReadOnly } from "./read-only.ts";

/** The hospital's door for this request. @throws AppError not-found where the host is no hospital's. */
export function hospitalGate(services: Services, request: Request): HospitalGate {
  const { hospital, client } = factsOf(request);
  if (hospital === null) throw new AppError("not-found", "page.not-found", "There is nothing here.");
  const pool = services.connections.hospital(hospital.place);
  return {
    hospital,
    client,
    clock: services.clock,
    keyring: services.keyring,
    db: pool.db,
    write: (work) => pool.transaction(work),
  };
}

export function ownerGate(services: Services, request: Request): OwnerGate {
  const { control } = services.connections;
  return {
    client: factsOf(request).client,
    clock: services.clock,
    vault: services.keyring,
    keyring: services.keyring,
    db: control.db,
    write: (work) => control.transaction(work),
  };
}

/** The context of a signed-in user's request; its first transaction claims the Idempotency-Key. */
export async function hospitalContext(
  gate: HospitalGate,
  actor: HospitalActor,
  request: Request,
  body: unknown,
): Promise<HospitalContext> {
  const { hospital, client, clock, db, write } = gate;
  refuseReadOnly(request, factsOf(request).route ?? "", hospital, body);
  const claim = await idempotentClaim({
    request,
    body,
    actorId: actorKeyOf(actor),
    db,
    table: idempotencyKeys,
    vault: gate.hospital.vault,
    now: clock.now(),
  });
  if (claim === null) return { hospital, client, clock, db, write, actor };
  return {
    ...{ hospital, client, clock, db, actor },
    write: (work) =>
      write(async (tx) => {
        await claim(tx);
        return work(tx);
      }),
  };
}

/** The same for the owner plane. */
export async function ownerContext(
  gate: OwnerGate,
  actor: OwnerActor,
  request: Request,
  body: unknown,
): Promise<OwnerContext> {
  const { client, clock, vault, db, write } = gate;
  const claim = await idempotentClaim({
    request,
    body,
    actorId: actorKeyOf(actor),
    db,
    table: ownerIdempotencyKeys,
    vault: gate.vault,
    now: clock.now(),
  });
  if (claim === null) return { client, clock, vault, db, write, actor };
  return {
    ...{ client, clock, vault, db, actor },
    write: (work) =>
      write(async (tx) => {
        await claim(tx);
        return work(tx);
      }),
  };
}
