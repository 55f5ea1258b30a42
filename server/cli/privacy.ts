import { tellOwnerOfSupport } from "../bridge/support.ts";
import { listGlassBreaks } from "../hospital/privacy/reviews.ts";
import { cleanUp, listRetention } from "../hospital/retention/retention.ts";
import { endSupport, listSupportGrants } from "../hospital/support/support.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed, table } from "./command.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const reviews: Command = {
  name: "privacy:reviews",
  summary: "List openings of restricted records that wait for a review",
  usage: `wardline privacy:reviews --hospital SUBDOMAIN [--json]

  The latest hundred, by record number. Exit code 0: none is overdue, seven days after the opening. 1: one is.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const { items } = await listGlassBreaks(context, { state: "pending", limit: 100 });
    const rows = items.map((one) => [
      ...[one.brokenAt.toISOString(), one.mrn, one.userName, one.reason],
      one.overdue ? "overdue" : "pending",
    ]);
    const header = ["WHEN", "RECORD", "WHO", "REASON", "STATE"];
    io.out(given.json ? asJson(items) : listed(header, rows, "Nothing waits for a review."));
    return items.some(({ overdue }) => overdue) ? 1 : 0;
  },
};

const preview: Command = {
  name: "retention:preview",
  summary: "Say how long records are kept, and what would go now",
  usage: `wardline retention:preview --hospital SUBDOMAIN [--json]

  Changes nothing. How long each kind is kept is set in the hospital's portal, under Privacy.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const policies = await listRetention(await insideHospital(services, needed("hospital", given.hospital)));
    const rows = policies.map(({ recordClass, keepDays, leastDays, due }) => [
      ...[recordClass, keepDays === null ? "for ever" : `${keepDays} days`, `${leastDays} days`],
      due === null ? "never" : String(due),
    ]);
    io.out(given.json ? asJson(policies) : table([["KIND", "KEPT", "AT LEAST", "WOULD GO"], ...rows]));
    return 0;
  },
};

const apply: Command = {
  name: "retention:apply",
  summary: "Take away what is older than its policy says",
  usage: `wardline retention:apply --hospital SUBDOMAIN [--json]

  What the clean-up of each night does, at once. What goes does not come back; retention:preview says it before.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const counts = await cleanUp(await insideHospital(services, needed("hospital", given.hospital)));
    const rows = Object.entries(counts).map(([name, n]) => [name, String(n)]);
    io.out(given.json ? asJson(counts) : rows.length === 0 ? "Nothing was due." : table(rows));
    return 0;
  },
};

const support: Command = {
  name: "support:list",
  summary: "List who of support asked to come into a hospital",
  usage: "wardline support:list --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const grants = await listSupportGrants(
      await insideHospital(services, needed("hospital", given.hospital)),
    );
    const rows = grants.map((one) => [
      ...[
        one.id,
        one.operatorName,
        one.status,
        one.askedAt.toISOString(),
        one.expiresAt?.toISOString() ?? "",
      ],
    ]);
    const header = ["ID", "WHO", "STATE", "ASKED", "UNTIL"];
    io.out(given.json ? asJson(grants) : listed(header, rows, "Support has never asked to come in."));
    return 0;
  },
};

const end: Command = {
  name: "support:end",
  summary: "End support's access to a hospital at once",
  usage: `wardline support:end --hospital SUBDOMAIN --id ID [--json]

  Takes effect on the next request of who is inside; both audits note it. support:list tells the ids.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, id: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const grant = await endSupport(context, needed("id", given.id));
    await tellOwnerOfSupport(services, context.hospital.id);
    io.out(given.json ? asJson(grant) : `${grant.operatorName} is out.`);
    return 0;
  },
};

export const privacyCommands: readonly Command[] = [reviews, preview, apply, support, end];
