import { retentionClassNames } from "../hospital/retention/classes.ts";
import { retentionForm } from "../hospital/retention/retention.input.ts";
import {
  cleanUp,
  listRetention,
  type RetentionPolicy,
  setRetention,
} from "../hospital/retention/retention.ts";
import { choice, needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const rowOf = ({ recordClass, keepDays, leastDays, due }: RetentionPolicy): readonly string[] => [
  ...[recordClass, keepDays === null ? "for ever" : `${keepDays} days`, `${leastDays} days`],
  due === null ? "never" : String(due),
];

const told = (policies: readonly RetentionPolicy[]) =>
  table([["KIND", "KEPT", "AT LEAST", "WOULD GO"], ...policies.map(rowOf)]);

const preview: Command = {
  name: "retention:preview",
  summary: "Say how long records are kept, and what would go now",
  usage: `wardline retention:preview --hospital SUBDOMAIN [--json]

  Changes nothing. retention:set says how long each kind is kept.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const policies = await listRetention(await insideHospital(services, needed("hospital", given.hospital)));
    io.out(given.json ? asJson(policies) : told(policies));
    return 0;
  },
};

const set: Command = {
  name: "retention:set",
  summary: "Say how long a kind of record is kept",
  usage: `wardline retention:set --hospital SUBDOMAIN --kind KIND --days N | --for-ever [--json]

  It counts from the next clean-up; what would go then is told. On record as the command line's.

  --kind KIND  ${retentionClassNames.join(", ")}
  --days N     days; not fewer than the law asks for
  --for-ever   nothing of this kind goes`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, kind: text, days: text },
      "for-ever": { type: "boolean", default: false },
    });
    const { days } = given;
    if (given["for-ever"] && days !== undefined) throw new UsageError("--days goes not with --for-ever.");
    if (!given["for-ever"] && days === undefined) throw new UsageError("--days or --for-ever is missing.");
    const { keepDays = null } = checked(retentionForm, { keepDays: days });
    const kind = choice("kind", given.kind, retentionClassNames);
    if (kind === undefined) throw new UsageError("--kind is missing.");
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const policies = await setRetention(context, kind, keepDays);
    io.out(given.json ? asJson(policies) : told(policies));
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

export const retentionCommands: readonly Command[] = [preview, set, apply];
