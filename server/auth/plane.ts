import type { ControlDb, ControlTx, HospitalDb, HospitalTx } from "../../db/planes.ts";
import type { LockoutTables } from "../../db/schema/api-keys.ts";
import type { SecondFactorTables } from "../../db/schema/second-factor.ts";
import type { SessionTables } from "../../db/schema/sessions.ts";
import type { AuditEntry } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Keyring, Vault } from "../crypto.ts";
import type { ClientFacts } from "../tenancy/context.ts";
import type { Credentials } from "./credentials.ts";
import type { OperatorActor, SystemActor, UserActor } from "./permissions.ts";
import type { Audience } from "./tokens.ts";

export type PlaneDb = ControlDb | HospitalDb;
export type PlaneTx = ControlTx | HospitalTx;
export type PersonActor = OperatorActor | UserActor;

/** Somebody who can sign in, on either plane. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly active: boolean;
  readonly role: string;
  readonly mustChangePassword: boolean;
  /** Their role asks for a second factor. */
  readonly needsSecondFactor: boolean;
  /** They, acting in this session. */
  actorIn(sessionId: string): PersonActor;
}

/**
 * One side of the house as sign-in knows it: a hospital, or the owner portal. The rules of sign-in, sessions and the
 * second factor are written once over it. Its transactions are its own: a `tx` comes from this plane's `write`.
 */
export interface Plane {
  /** `owner`, or the hospital's id; apart in what is counted and remembered. */
  readonly where: string;
  /** What an authenticator app shows beside the code. */
  readonly title: string;
  readonly audience: Audience;
  readonly tables: SessionTables & SecondFactorTables;
  /** Failed sign-ins, and from where each account has signed in. */
  readonly lockout: LockoutTables;
  /** Passwords, and the ways back in. */
  readonly credentials: Credentials;
  readonly client: ClientFacts;
  readonly clock: Clock;
  readonly keyring: Keyring;
  /** Seals what lies in this plane's database. */
  readonly vault: Vault;
  readonly db: PlaneDb;
  /** Its rows are the copy of a hospital's own server: sign-in writes to tables that stay here, and to no other. */
  readonly isCopy: boolean;
  write<T>(work: (tx: PlaneTx) => Promise<T>): Promise<T>;
  personByEmail(email: string): Promise<Person | null>;
  personById(id: string): Promise<Person | null>;
  /** Keeps when somebody last signed in. */
  noteSignIn(tx: PlaneTx, person: Person): Promise<void>;
  audit(tx: PlaneTx, actor: PersonActor | SystemActor, entry: AuditEntry): Promise<void>;
  /** Makes this process look again who is signed in. */
  forget(): void;
}

/** Somebody signed in, and where: what the rules about one's own account are given. */
export interface Account {
  readonly plane: Plane;
  readonly actor: PersonActor;
  readonly personId: string;
  readonly sessionId: string;
}

/** The id of the person behind an actor of either plane. */
export function personIdOf(actor: PersonActor): string {
  return actor.kind === "user" ? actor.userId : actor.operatorId;
}
