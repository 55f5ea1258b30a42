import { lt } from "drizzle-orm";
import pLimit from "p-limit";
import { type Credentials, hospitalCredentials, ownerCredentials } from "../auth/credentials.ts";
import type { PlaneDb, PlaneTx } from "../auth/plane.ts";
import { answerRecoveryRequests } from "../auth/recovery-answers.ts";
import type { Vault } from "../crypto.ts";
import { carrierOf } from "../mail/carrier.ts";
import { deliverDue, forgetOldMail } from "../mail/deliver.ts";
import { portalOrigin } from "../mail/origin.ts";
import type { Services } from "../tenancy/services.ts";

export interface MailSent {
  readonly asked: number;
  readonly sent: number;
  readonly unsent: number;
}

interface MailPlane {
  readonly credentials: Credentials;
  readonly vault: Vault;
  readonly db: PlaneDb;
  readonly subdomain: string | null;
  write<T>(work: (tx: PlaneTx) => Promise<T>): Promise<T>;
}

const atOnce = 4;

/** Answers who asked one hospital for a way back in, and sends what lies in its outbox. */
// open: called by the mail job alone
export async function mailHospital(services: Services, tenantId: string): Promise<MailSent> {
  const hospital = await services.resolver.hospitalById(tenantId);
  if (hospital === null || (hospital.status !== "active" && hospital.status !== "suspended"))
    return { asked: 0, sent: 0, unsent: 0 };
  const pool = services.connections.hospital(hospital.place);
  return mailPlane(services, {
    credentials: hospitalCredentials({ hospital, clock: services.clock }),
    vault: hospital.vault,
    db: pool.db,
    subdomain: hospital.subdomain,
    write: (work) => pool.transaction(work),
  });
}

/** The same for the owner plane. */
// open: called by the mail job alone
export async function mailOwner(services: Services): Promise<MailSent> {
  const { control } = services.connections;
  return mailPlane(services, {
    credentials: ownerCredentials({ vault: services.keyring, clock: services.clock }),
    vault: services.keyring,
    db: control.db,
    subdomain: null,
    write: (work) => control.transaction(work),
  });
}

async function mailPlane(services: Services, plane: MailPlane): Promise<MailSent> {
  const { env, clock } = services;
  const { credentials, vault, db, subdomain, write } = plane;
  const now = clock.now();
  const asked = await answerRecoveryRequests({ credentials, vault, db, now, write });
  const { outbox } = credentials.tables;
  const result = await deliverDue({
    ...{ db, outbox, vault, now },
    origin: portalOrigin(env, subdomain),
    carrier: carrierOf(env),
    demo: env.demo,
  });
  return { asked, ...result };
}

/** Forgets links and mail of a plane that nobody can use any more. */
async function tidy(plane: Pick<MailPlane, "credentials" | "db">, now: Date): Promise<void> {
  const { links, outbox } = plane.credentials.tables;
  await forgetOldMail({ db: plane.db, outbox, now });
  await plane.db.delete(links).where(lt(links.expiresAt, new Date(now.getTime() - 24 * 60 * 60_000)));
}

/** What a sweep did, and how many outboxes could not be reached. */
export type MailSwept = MailSent & { readonly unreached: number };

type Counts = { -readonly [Name in keyof MailSwept]: number };

async function addTo(
  counts: Counts,
  services: Services,
  tenantId: string | null,
  work: () => Promise<MailSent>,
): Promise<void> {
  try {
    const { asked, sent, unsent } = await work();
    counts.asked += asked;
    counts.sent += sent;
    counts.unsent += unsent;
  } catch (error) {
    counts.unreached += 1;
    services.log.error({ err: error, tenantId }, "Mail that waits could not be sent");
  }
}

/**
 * Sends what was left lying at every hospital that is worked here: where a mail server was away, or the request for
 * a job was lost. One hospital's trouble keeps nobody else waiting.
 */
// open: called by the mail job alone
export async function mailHospitalsDue(services: Services): Promise<MailSwept> {
  const { clock, connections, directory, resolver } = services;
  const counts: Counts = { asked: 0, sent: 0, unsent: 0, unreached: 0 };
  await pLimit(atOnce).map(await directory.workedHere(), (id) =>
    addTo(counts, services, id, async () => {
      const sent = await mailHospital(services, id);
      const hospital = await resolver.hospitalById(id);
      if (hospital !== null)
        await tidy(
          {
            credentials: hospitalCredentials({ hospital, clock }),
            db: connections.hospital(hospital.place).db,
          },
          clock.now(),
        );
      return sent;
    }),
  );
  return counts;
}

/** The same, and the owner plane's own mail. */
// open: called by the mail job alone
export async function mailDue(services: Services): Promise<MailSwept> {
  const { clock, connections, keyring } = services;
  const counts: Counts = { ...(await mailHospitalsDue(services)) };
  await addTo(counts, services, null, async () => {
    const sent = await mailOwner(services);
    await tidy(
      { credentials: ownerCredentials({ vault: keyring, clock }), db: connections.control.db },
      clock.now(),
    );
    return sent;
  });
  return counts;
}
