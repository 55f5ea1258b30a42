import { hostname } from "node:os";
import { AppError } from "../errors.ts";
import { openNodeFoundation } from "../node/foundation.ts";
import { joinOwner } from "../node/join.ts";
import { OwnerAway } from "../node/owner-link.ts";
import { createNodeToken } from "../owner/nodes/tokens.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { insideOwner } from "./place.ts";
import { tenantBySubdomain } from "./tenants.ts";

const text = { type: "string" } as const;

const token: Command = {
  name: "node:token",
  summary: "Make a token with which a server becomes a hospital's own",
  usage: `wardline node:token --hospital SUBDOMAIN [--json]

  Run at the owner's. The token is told once, is taken once, and ends after 24 hours.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const owner = insideOwner(services);
    const tenant = await tenantBySubdomain(owner, services, needed("hospital", given.hospital));
    const made = await createNodeToken(owner, tenant.id);
    io.out(
      given.json
        ? asJson(made)
        : `Token for a server of ${tenant.companyName}, told this once, until ${made.expiresAt.toISOString()}:\n${made.token}`,
    );
    return 0;
  },
};

const join: Command = {
  name: "node:join",
  summary: "Make this server a hospital's own",
  usage: `wardline node:join --owner URL --token TOKEN [options]

  Run in the hospital, while its Wardline is stopped. Fetches who it is, its settings and all its rows, proves them
  equal, and takes over the writing; the hospital works on at the owner's until then. Cut off, run it again.

  --owner URL     the owner's portal, such as https://owner.wardline.example
  --token TOKEN   from node:token or the hospital's page at the owner's; not needed to go on
  --address URL   where people in the hospital will reach this server
  --name NAME     what the owner calls it (${hostname()})
  --json          answer as JSON

  It works on WARDLINE_DATA (.data) or TENANT_PG_URL. Afterwards: WARDLINE_MODE=hospital bin/start`,
  run: async () => {
    throw new Error("This command stands on no control database.");
  },
  async apart(env, log, args, io) {
    const given = readArguments(args, { owner: text, token: text, address: text, name: text });
    const ownerUrl = URL.parse(needed("owner", given.owner));
    if (ownerUrl === null || !/^https?:$/.test(ownerUrl.protocol))
      throw new AppError(
        "invalid",
        "node.owner-url",
        "--owner is an address such as https://owner.wardline.example.",
      );
    const foundation = await openNodeFoundation(env, log, { borrow: true });
    try {
      const outcome = await joinOwner(
        foundation,
        {
          ownerUrl: ownerUrl.origin,
          token: given.token ?? null,
          name: given.name ?? hostname(),
          address: given.address ?? null,
          env,
        },
        (said) => {
          if (!said.startsWith("\r") || io.terminal) io.err(said);
        },
      );
      io.out(
        given.json
          ? asJson(outcome)
          : `This is the server of ${outcome.subdomain}. Start it: WARDLINE_MODE=hospital TENANT_ID=${outcome.tenantId} bin/start`,
      );
      return 0;
    } catch (error) {
      if (!(error instanceof OwnerAway)) throw error;
      throw new AppError(
        "unavailable",
        "owner.away",
        `${ownerUrl.origin} cannot be reached. Nothing is lost: run this again when it can.`,
        { cause: error },
      );
    } finally {
      await foundation.close();
    }
  },
};

export const nodeCommands: readonly Command[] = [token, join];
