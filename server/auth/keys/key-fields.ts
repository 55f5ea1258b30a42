import { invalidField } from "../../errors.ts";
import { tidyNetwork } from "./networks.ts";

/** What is said of a key by whoever makes it. */
export interface KeyValues {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly callsPerMinute: number | null;
  readonly expiresAt: Date | null;
}

/** A name without stray blanks. @throws AppError invalid (422). */
export function tidyName(text: string): string {
  const name = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (name === "") throw invalidField("name", "required", "Enter this.");
  return name;
}

/** Each network once, as it is compared with. @throws AppError invalid (422). */
export function tidyNetworks(given: readonly string[]): string[] {
  const networks = given.map((text) => {
    const network = tidyNetwork(text);
    if (network === null)
      throw invalidField(
        "networks",
        "not-a-network",
        "Enter addresses such as 203.0.113.7 or networks such as 10.1.0.0/16.",
      );
    return network;
  });
  return [...new Set(networks)];
}

/** A key that ends in the past would never have worked. @throws AppError invalid (422). */
export function refusePast(expiresAt: Date | null, now: Date): void {
  if (expiresAt !== null && expiresAt <= now)
    throw invalidField("expiresAt", "in-the-past", "This lies in the past.");
}
