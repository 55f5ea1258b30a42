import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import * as control from "../../db/schema/control/credentials.ts";
import { operators } from "../../db/schema/control/operators.ts";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import * as hospital from "../../db/schema/hospital/credentials.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { type Mail, type MailLanguage, sendMail, sendOwnerMail } from "../mail/mail.ts";
import type { HospitalGate, OwnerGate } from "../tenancy/context.ts";
import type { PlaneDb, PlaneTx } from "./plane.ts";

/** What is known of one person's way in. */
export interface CredentialRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly language: MailLanguage | null;
  readonly status: string;
  readonly passwordHash: string;
}

/** What changes of it. */
export interface CredentialChange {
  readonly passwordHash?: string;
  readonly mustChangePassword?: boolean;
  readonly passwordChangedAt?: Date;
  readonly email?: string;
  readonly emailVerifiedAt?: Date | null;
}

/** One plane's people as the rules about passwords and ways back in know them. */
export interface Credentials {
  readonly tables: CredentialTables;
  /** Names that a password shall not be made of: the hospital's own. */
  readonly names: readonly string[];
  /** The language of mail to those who have not chosen one. */
  readonly language: MailLanguage;
  readById(db: PlaneDb, id: string): Promise<CredentialRow | null>;
  readByEmail(db: PlaneDb, email: string): Promise<CredentialRow | null>;
  /** Changes a person's row; another that edits it notices by its version. */
  change(tx: PlaneTx, id: string, values: CredentialChange, now: Date): Promise<void>;
  mail(tx: PlaneTx, mail: Mail): Promise<void>;
}

const hospitalTables: CredentialTables = {
  policy: hospital.passwordPolicy,
  history: hospital.passwordHistory,
  links: hospital.credentialLinks,
  requests: hospital.recoveryRequests,
  outbox: hospital.mailOutbox,
};

const ownerTables: CredentialTables = {
  policy: control.passwordPolicy,
  history: control.passwordHistory,
  links: control.credentialLinks,
  requests: control.recoveryRequests,
  outbox: control.mailOutbox,
};

const columnsOf = <People extends typeof users | typeof operators>(people: People) => ({
  id: people.id,
  name: people.name,
  email: people.email,
  language: people.language,
  status: people.status,
  passwordHash: people.passwordHash,
});

/** A hospital's staff. */
// open: what is read of it is whose password is being judged or changed
export function hospitalCredentials(gate: Pick<HospitalGate, "hospital" | "clock">): Credentials {
  const columns = columnsOf(users);
  const find = async (db: PlaneDb, which: ReturnType<typeof eq>) => {
    const [row] = await db.select(columns).from(users).where(which);
    return row ?? null;
  };
  return {
    tables: hospitalTables,
    names: [gate.hospital.name, gate.hospital.subdomain],
    language: gate.hospital.language,
    readById: (db, id) => find(db, eq(users.id, id)),
    readByEmail: (db, email) => find(db, eq(sql`lower(${users.email})`, email.toLowerCase())),
    async change(tx, id, values, now) {
      await tx
        .update(users)
        .set({ ...values, updatedAt: now, version: sql`${users.version} + 1` })
        .where(eq(users.id, id));
    },
    mail: (tx: HospitalTx, mail: Mail) => sendMail(tx, gate, mail),
  };
}

/** The operators. */
// open: what is read of it is whose password is being judged or changed
export function ownerCredentials(gate: Pick<OwnerGate, "vault" | "clock">): Credentials {
  const columns = columnsOf(operators);
  const find = async (db: PlaneDb, which: ReturnType<typeof eq>) => {
    const [row] = await db.select(columns).from(operators).where(which);
    return row ?? null;
  };
  return {
    tables: ownerTables,
    names: [],
    language: "en",
    readById: (db, id) => find(db, eq(operators.id, id)),
    readByEmail: (db, email) => find(db, eq(sql`lower(${operators.email})`, email.toLowerCase())),
    async change(tx, id, values, now) {
      await tx
        .update(operators)
        .set({ ...values, updatedAt: now, version: sql`${operators.version} + 1` })
        .where(eq(operators.id, id));
    },
    mail: (tx, mail) => sendOwnerMail(tx as Parameters<typeof sendOwnerMail>[0], gate, mail),
  };
}
