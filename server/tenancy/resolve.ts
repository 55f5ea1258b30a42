import { and, eq } from "drizzle-orm";
import { nodes } from "../../db/schema/control/nodes.ts";
import { databaseServers, tenants } from "../../db/schema/control/tenants.ts";
import { type DataVault, type Keyring, keyringOf } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { Hospital } from "./context.ts";
import type { Services } from "./services.ts";
import { holdsTheWriting, runningFirst } from "./writing-node.ts";

/** Which face a host shows. */
export type Door =
  | { readonly portal: "owner" }
  | { readonly portal: "apex" }
  | { readonly portal: "hospital"; readonly hospital: Hospital }
  | null;

/** A hospital found is remembered this long at most; a NOTIFY on `tenants_changed` forgets it at once. */
const lifeMs = 5_000;
const rememberedAtMost = 5_000;

/** Finds hospitals by host and by id, remembering what it found. One for each process. */
export interface Resolver {
  /** Null: this host shows nothing. @throws when the control database is away and the host is not remembered. */
  door(host: string): Promise<Door>;
  hospitalById(id: string): Promise<Hospital | null>;
  hospitalBySubdomain(subdomain: string): Promise<Hospital | null>;
  forget(): void;
}

type Row = {
  readonly tenant: typeof tenants.$inferSelect;
  readonly server: typeof databaseServers.$inferSelect;
  /** The server of its own that it runs on, where it does. */
  readonly node?: typeof nodes.$inferSelect | null;
};

/** What rules need to know of a hospital, from its row and its server's. */
export function hospitalOf(keyring: Keyring, { tenant, server, node }: Row): Hospital {
  return {
    id: tenant.id,
    subdomain: tenant.subdomain,
    name: tenant.companyName,
    status: tenant.status,
    timeZone: tenant.timeZone,
    currency: tenant.currency,
    language: tenant.language,
    accent: tenant.accent,
    vault: vaultOf(keyring, tenant.sealedDataKey),
    readOnly: node
      ? {
          ...{ why: "on-site", address: node.address, asOf: node.asOf, heardAt: node.lastSeenAt },
          revokedAt: node.status === "active" ? null : (node.revokedAt ?? node.joinedAt),
        }
      : null,
    worksUntil: null,
    place: {
      host: server.host,
      port: server.port,
      database: tenant.primaryDatabase,
      user: tenant.roleName,
      password: keyring.unseal(tenant.sealedPassword),
      schema: tenant.schemaName,
    },
  };
}

/** The hospital's own key, opened when it is first needed. A hospital that has been erased has none. */
function vaultOf(keyring: Keyring, sealedDataKey: string | null): DataVault {
  let opened: Keyring | null = null;
  const open = (): Keyring => {
    if (sealedDataKey === null)
      throw new AppError("unavailable", "hospital.no-data-key", "This hospital's secrets cannot be opened.");
    opened ??= keyringOf(keyring.unseal(sealedDataKey));
    return opened;
  };
  return {
    seal: (plain) => open().seal(plain),
    unseal: (sealed) => open().unseal(sealed),
    derive: (purpose) => open().current.derive(purpose),
  };
}

export function createResolver(services: Pick<Services, "connections" | "keyring" | "env">): Resolver {
  const { connections, keyring, env } = services;
  const remembered = new Map<string, { readonly hospital: Hospital | null; readonly until: number }>();

  const find = async (key: string, where: ReturnType<typeof eq>): Promise<Hospital | null> => {
    const known = remembered.get(key);
    if (known !== undefined && known.until > performance.now()) return known.hospital;
    try {
      const [row] = await connections.control.db
        .select({ tenant: tenants, server: databaseServers, node: nodes })
        .from(tenants)
        .innerJoin(databaseServers, eq(tenants.primaryServerId, databaseServers.id))
        .leftJoin(nodes, and(eq(nodes.tenantId, tenants.id), holdsTheWriting()))
        .where(where)
        .orderBy(...runningFirst())
        .limit(1);
      const hospital = row === undefined ? null : hospitalOf(keyring, row);
      if (remembered.size >= rememberedAtMost) remembered.clear();
      remembered.set(key, { hospital, until: performance.now() + lifeMs });
      return hospital;
    } catch (error) {
      // A hospital whose own database serves goes on without the control database.
      if (known?.hospital) return known.hospital;
      throw error;
    }
  };

  const bySubdomain = (subdomain: string) =>
    /^[a-z0-9-]{3,63}$/.test(subdomain)
      ? find(`s ${subdomain}`, eq(tenants.subdomain, subdomain))
      : Promise.resolve(null);

  return {
    async door(host) {
      if (host === env.baseDomain || host === "127.0.0.1" || host === "[::1]" || host === "localhost")
        return { portal: "apex" };
      if (host === `owner.${env.baseDomain}`) return { portal: "owner" };
      const suffix = `.${env.baseDomain}`;
      const hospital = host.endsWith(suffix)
        ? await bySubdomain(host.slice(0, -suffix.length))
        : await find(`d ${host.slice(0, 253)}`, eq(tenants.customDomain, host));
      return hospital === null ? null : { portal: "hospital", hospital };
    },
    hospitalById: (id) => find(`i ${id}`, eq(tenants.id, id)),
    hospitalBySubdomain: bySubdomain,
    forget: () => remembered.clear(),
  };
}
