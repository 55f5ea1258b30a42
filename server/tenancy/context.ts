import type { ControlDb, ControlTx, HospitalDb, HospitalTx, Place } from "../../db/planes.ts";
import type { HospitalActor, OwnerActor } from "../auth/permissions.ts";
import type { Clock } from "../clock.ts";
import type { DataVault, Keyring, Vault } from "../crypto.ts";

/** Where a request came from; for the audit and the session list. */
export interface ClientFacts {
  readonly requestId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The mark a browser carries at sign-in; nowhere else. */
  readonly device?: string | null;
}

/**
 * Why this server takes no changes of a hospital's records. `on-site`: it runs on a server of its own, and this is
 * the copy. `lapsed`: the owner has not been heard for too long; emergencies alone are registered. `replaced`: this
 * server is no longer the hospital's.
 */
export type ReadOnly =
  | {
      readonly why: "on-site";
      readonly address: string | null;
      /** The newest instant that the copy here knows of, and when the hospital's server was last heard. */
      readonly asOf: Date | null;
      readonly heardAt: Date | null;
      /** Since when that server is taken off; null while it runs. The copy here is taken back, or another server joins. */
      readonly revokedAt: Date | null;
    }
  | { readonly why: "lapsed"; readonly since: Date }
  | { readonly why: "replaced"; readonly since: Date };

/** What is known of a hospital without asking its own database. */
export interface Hospital {
  readonly id: string;
  readonly subdomain: string;
  readonly name: string;
  readonly status: "provisioning" | "active" | "suspended" | "archived" | "deleting" | "deleted";
  readonly timeZone: string;
  readonly currency: string;
  readonly language: "en" | "ur" | "hi";
  readonly accent: string | null;
  readonly place: Place;
  /** Seals secrets that lie in the hospital's own database, with the hospital's data key: they move with it. */
  readonly vault: DataVault;
  /** Null: changes are taken here. */
  readonly readOnly: ReadOnly | null;
  /** On the hospital's own server: until when it works on without hearing of the owner. */
  readonly worksUntil: Date | null;
}

/** What a hospital's rule is given: whose hospital, who asks, and its database. */
export interface HospitalContext {
  readonly hospital: Hospital;
  readonly actor: HospitalActor;
  readonly client: ClientFacts;
  readonly clock: Clock;
  /** Reads, each statement by itself. */
  readonly db: HospitalDb;
  /** One transaction; commits when `work` resolves. Where the request carries an Idempotency-Key it is claimed first. */
  write<T>(work: (tx: HospitalTx) => Promise<T>): Promise<T>;
}

/** What a rule of the owner plane is given. */
export interface OwnerContext {
  readonly actor: OwnerActor;
  readonly client: ClientFacts;
  readonly clock: Clock;
  /** Seals secrets that lie in the control database. */
  readonly vault: Vault;
  readonly db: ControlDb;
  write<T>(work: (tx: ControlTx) => Promise<T>): Promise<T>;
}

/** A hospital's door, before anyone has signed in: all of the context but who asks. */
export type HospitalGate = Omit<HospitalContext, "actor"> & { readonly keyring: Keyring };

/** The owner portal's door, before anyone has signed in. */
export type OwnerGate = Omit<OwnerContext, "actor"> & { readonly keyring: Keyring };
