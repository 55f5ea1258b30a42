import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { databaseServers, tenants } from "../../../db/schema/control/tenants.ts";
import { readAccessToken, signAccessToken } from "../../../server/auth/tokens.ts";
import { giveDataKeys } from "../../../server/bridge/data-keys.ts";
import { provisionHospital } from "../../../server/bridge/provision.ts";
import { listKeys, rotateKeys } from "../../../server/bridge/rotate-keys.ts";
import { type Keyring, keyringOf, newKey, sealedUnder } from "../../../server/crypto.ts";
import { readEnv } from "../../../server/env.ts";
import { createServices } from "../../../server/services.ts";
import type { Services } from "../../../server/tenancy/services.ts";
import { type OwnerPlane, startOwnerPlane } from "../../bridge/owner-plane.ts";

let plane: OwnerPlane;
let tenantId = "";

beforeAll(async () => {
  plane = await startOwnerPlane();
  const subdomain = plane.name("keys");
  const { tenant } = await provisionHospital(plane.services, plane.owner(), {
    companyName: "Keys Hospital",
    subdomain,
    tenantDbName: subdomain.replaceAll("-", "_"),
    region: "local",
    plan: "enterprise",
    isolation: "database",
    firstAdmin: { name: "First", email: "first@keys.example" },
  });
  tenantId = tenant.id;
}, 60_000);

afterAll(async () => {
  await plane.close();
});

const now = new Date("2026-03-01T08:00:00Z");
const claims = { personId: Bun.randomUUIDv7(), sessionId: Bun.randomUUIDv7() };

/** The owner, as a process with these keys acts for them. */
const asOwner = (services: Services) => ({ ...plane.owner(), vault: services.keyring });

/** The same plane as a process with another ring sees it. */
async function withRing<T>(keyring: Keyring, work: (services: Services) => Promise<T>): Promise<T> {
  const { env, log, queue, controlPlace, clock } = plane.services;
  const services = createServices({ env, log, queue, controlPlace, clock, keyring });
  try {
    return await work(services);
  } finally {
    await services.connections.close();
  }
}

describe("a sealed secret", () => {
  const older = newKey();
  const newer = newKey();

  test("opens with the key it names, after another has become the current one", () => {
    const sealed = keyringOf(older).seal("a password");
    const ring = keyringOf(newer, older);
    expect(ring.unseal(sealed)).toBe("a password");
    expect(sealedUnder(ring.seal("another"))).toBe(keyringOf(newer).current.id);
  });

  test("does not open once its key has left the ring, nor when a letter of it was changed", () => {
    const sealed = keyringOf(older).seal("a password");
    expect(() => keyringOf(newer).unseal(sealed)).toThrow("not on the ring");
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`;
    expect(() => keyringOf(older).unseal(altered)).toThrow();
  });

  test("a key shows nothing of itself but its name", () => {
    const ring = keyringOf(older);
    expect(JSON.stringify(ring)).not.toContain(older.slice(0, 16));
    expect(Bun.inspect(ring, { depth: 6 })).not.toContain(older.slice(0, 16));
  });
});

describe("an access token", () => {
  const older = newKey();
  const newer = newKey();
  const audience = "hospital:one" as const;

  test("of a former key is good until it expires, and refused once that key is gone", async () => {
    const token = await signAccessToken(keyringOf(older), audience, claims, now);
    const both = keyringOf(newer, older);
    expect(await readAccessToken(both, audience, token, now)).toMatchObject(claims);
    expect(await readAccessToken(both, audience, token, new Date(now.getTime() + 3_601_000))).toBeNull();
    expect(await readAccessToken(keyringOf(newer), audience, token, now)).toBeNull();
  });

  test("names the newest key, and one that names an unknown key or none is refused", async () => {
    const both = keyringOf(newer, older);
    const token = await signAccessToken(both, audience, claims, now);
    const [head = "", body = "", signature = ""] = token.split(".");
    const header: unknown = JSON.parse(Buffer.from(head, "base64url").toString());
    expect(header).toEqual({ alg: "HS256", typ: "JWT", kid: both.current.id });
    for (const kid of [undefined, "ffffffff", 7, keyringOf(older).current.id]) {
      const forged = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT", kid })).toString("base64url");
      expect(await readAccessToken(both, audience, `${forged}.${body}.${signature}`, now)).toBeNull();
    }
  });
});

describe("rotation", () => {
  const oldHex = () => plane.facts.masterKey;
  const newHex = newKey();

  test("seals every secret of the control plane anew, and again finds nothing to do", async () => {
    const ring = keyringOf(newHex, oldHex());
    await withRing(ring, async (services) => {
      const before = await listKeys(services, asOwner(services));
      expect(before.map(({ state }) => state)).toEqual(["current", "former"]);
      // Two servers, the hospital's role and its data key, and the first admin's password that nobody was told yet.
      const { resealed, unreadable } = await rotateKeys(services, asOwner(services));
      expect({ resealed, unreadable }).toEqual({ resealed: before[1]?.secrets ?? 0, unreadable: 0 });
      expect(resealed).toBeGreaterThanOrEqual(4);
      expect(await rotateKeys(services, asOwner(services))).toEqual({ resealed: 0, unreadable: 0 });
    });
    // The former key is taken away: all of it opens with the new one alone.
    await withRing(keyringOf(newHex), async (services) => {
      const [former, ...others] = await listKeys(services, asOwner(services));
      expect({ former: former?.state, others }).toEqual({ former: "current", others: [] });
      const [server] = await services.connections.control.db.select().from(databaseServers);
      expect(services.keyring.unseal(server?.sealedAdminPassword ?? "")).toBe(plane.admin.password);
      const hospital = await services.resolver.hospitalById(tenantId);
      expect(hospital?.place.password.length ?? 0).toBeGreaterThan(20);
    });
  });

  test("cut off half-way, it goes on with what is left", async () => {
    const thirdHex = newKey();
    await withRing(keyringOf(thirdHex, newHex), async (services) => {
      const { db } = services.connections.control;
      const [tenant] = await db.select().from(tenants).where(eq(tenants.id, tenantId));
      const all =
        (await listKeys(services, asOwner(services))).find((key) => key.state === "former")?.secrets ?? 0;
      await db
        .update(tenants)
        .set({ sealedPassword: services.keyring.seal(services.keyring.unseal(tenant?.sealedPassword ?? "")) })
        .where(eq(tenants.id, tenantId));
      expect((await rotateKeys(services, asOwner(services))).resealed).toBe(all - 1);
    });
    // Back to the plane's own key, for the tests that follow.
    await withRing(keyringOf(oldHex(), thirdHex), (services) => rotateKeys(services, asOwner(services)));
  });

  test("leaves a secret of a key that is nowhere as it was, and says so", async () => {
    const name = `stray-${Bun.randomUUIDv7().slice(-8)}`;
    const { db } = plane.services.connections.control;
    const stray = keyringOf(newKey()).seal("x");
    await db.insert(databaseServers).values({
      ...{ name, region: "local", purpose: "copy", host: "h", port: 1, adminUser: "u" },
      sealedAdminPassword: stray,
    });
    try {
      expect(await rotateKeys(plane.services, plane.owner())).toEqual({ resealed: 0, unreadable: 1 });
      const keys = await listKeys(plane.services, plane.owner());
      expect(keys.find((key) => key.state === "missing")).toMatchObject({
        secrets: 1,
        keyId: sealedUnder(stray),
      });
    } finally {
      await db.delete(databaseServers).where(eq(databaseServers.name, name));
    }
  });

  test("an operator who may not edit operators may not rotate", async () => {
    await expect(rotateKeys(plane.services, plane.owner("admin"))).rejects.toMatchObject({
      kind: "forbidden",
    });
  });
});

describe("a hospital's data key", () => {
  test("is made with the hospital, opens what it sealed after rotation, and is no other hospital's", async () => {
    const hospital = await plane.services.resolver.hospitalById(tenantId);
    const sealed = hospital?.vault.seal("a secret of the hospital") ?? "";
    expect(hospital?.vault.unseal(sealed)).toBe("a secret of the hospital");
    expect(() => plane.services.keyring.unseal(sealed)).toThrow("not on the ring");
    const hex = newKey();
    await withRing(keyringOf(hex, plane.facts.masterKey), async (services) => {
      await rotateKeys(services, asOwner(services));
      const again = await services.resolver.hospitalById(tenantId);
      expect(again?.vault.unseal(sealed)).toBe("a secret of the hospital");
    });
    await withRing(keyringOf(plane.facts.masterKey, hex), (services) =>
      rotateKeys(services, asOwner(services)),
    );
  });

  test("is given to a hospital from before, once, and stays", async () => {
    const { db } = plane.services.connections.control;
    await db.update(tenants).set({ sealedDataKey: null }).where(eq(tenants.id, tenantId));
    plane.services.resolver.forget();
    const without = await plane.services.resolver.hospitalById(tenantId);
    expect(() => without?.vault.seal("x")).toThrow();
    expect(await giveDataKeys(plane.services)).toBe(1);
    const sealed = (await plane.services.resolver.hospitalById(tenantId))?.vault.seal("x") ?? "";
    expect(await giveDataKeys(plane.services)).toBe(0);
    plane.services.resolver.forget();
    expect((await plane.services.resolver.hospitalById(tenantId))?.vault.unseal(sealed)).toBe("x");
  });
});

describe("the environment", () => {
  test("lists former keys with commas, and refuses what is no key by the variable's name", () => {
    const [a, b, c] = [newKey(), newKey(), newKey()];
    const env = readEnv({ WARDLINE_MASTER_KEY: a, WARDLINE_MASTER_KEY_PREVIOUS: `${b}, ${c}` });
    expect(env.formerMasterKeys).toEqual([b, c]);
    expect(() => readEnv({ WARDLINE_MASTER_KEY: a, WARDLINE_MASTER_KEY_PREVIOUS: "short" })).toThrow(
      "WARDLINE_MASTER_KEY_PREVIOUS",
    );
  });
});
