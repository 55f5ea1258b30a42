import type { Clock } from "../clock.ts";

/** A hospital's facts that are known beside its own database too. */
export interface SharedFacts {
  readonly companyName: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly language: "en" | "ur" | "hi";
}

/**
 * What a process knows of its hospitals beside their own databases: the control database where it has one, else
 * what the owner signed for the one hospital of this server. With `Resolver` the one seam between the modes.
 */
export interface TenantDirectory {
  /** A name for `/readyz`. */
  readonly name: string;
  /** One round trip. @throws the store's error. */
  alive(): Promise<unknown>;
  /** The hospitals that are open and do their work here: whom a sweep visits. */
  workedHere(): Promise<readonly string[]>;
  /** Keeps what a hospital changed of itself. */
  keepFacts(tenantId: string, facts: SharedFacts, clock: Clock): Promise<void>;
}
