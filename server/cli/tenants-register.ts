import { provisionHospital } from "../bridge/provision.ts";
import { getTenant } from "../owner/tenants/tenants.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { insideOwner } from "./place.ts";

const text = { type: "string" } as const;

export const register: Command = {
  name: "tenants:register",
  summary: "Create a hospital",
  usage: `wardline tenants:register --company NAME --subdomain NAME --plan KEY --admin-email EMAIL [options]

  Creates a hospital: role, databases, settings, roles, departments, first admin, online copy. Cut off half-way
  and called again with the same options, it completes the same hospital.

  --company NAME         the hospital's name as people know it
  --subdomain NAME       its address: 3 to 63 letters, digits and hyphens
  --db NAME              its database (made from the subdomain)
  --region NAME          where its data lies (local)
  --plan KEY             trial, basic, advanced, professional, enterprise (trial)
  --isolation KIND       database (its own) or schema (in a shared one)
  --admin-email EMAIL    the first person who can sign in
  --admin-name NAME      (Administrator)
  --admin-password TEXT  left out, one is made, printed once, and changed at the first sign-in
  --time-zone ZONE       IANA name, such as Asia/Karachi (UTC)
  --currency CODE        ISO 4217, such as PKR (USD)
  --language CODE        en, ur or hi (en)
  --json                 answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{
        company: text,
        subdomain: text,
        db: text,
        region: text,
        plan: text,
        isolation: text,
        language: text,
      },
      ...{
        "admin-email": text,
        "admin-name": text,
        "admin-password": text,
        "time-zone": text,
        currency: text,
      },
    });
    const context = insideOwner(services);
    const { tenant, firstAdmin } = await provisionHospital(services, context, {
      companyName: needed("company", given.company),
      subdomain: needed("subdomain", given.subdomain),
      tenantDbName: given.db,
      region: given.region ?? "local",
      plan: given.plan ?? "trial",
      isolation: choice("isolation", given.isolation, ["database", "schema"]),
      firstAdmin: {
        name: given["admin-name"] ?? "Administrator",
        email: needed("admin-email", given["admin-email"]),
        password: given["admin-password"],
      },
      timeZone: given["time-zone"],
      currency: given.currency,
      language: choice("language", given.language, ["en", "ur", "hi"]),
    });
    const row = await getTenant(context, tenant.id);
    if (given.json) io.out(asJson({ ...row, firstAdmin }));
    else
      io.out(
        [
          `${row.companyName} is ready at ${row.subdomain}.${services.env.baseDomain} (${row.id}).`,
          `First sign-in: ${firstAdmin.email}`,
          ...(firstAdmin.password === null ? [] : [`Password, told this once: ${firstAdmin.password}`]),
        ].join("\n"),
      );
    return 0;
  },
};
