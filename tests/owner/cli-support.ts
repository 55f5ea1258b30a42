import { dropDatabase } from "../../db/databases.ts";
import { operators } from "../../db/schema/control/operators.ts";
import { type App, createApp } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { systemClock } from "../../server/clock.ts";
import { eraseHospitalFiles } from "../../server/files/sides.ts";
import { asked } from "../bridge/asked.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { password } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { answerOf, type Ended, runCommand } from "../support/command.ts";

/** A hospital with an administrator and a doctor, an operator, and the command line beside them, all at today's time. */
export interface CliHospital {
  readonly plane: OwnerPlane;
  readonly app: App;
  readonly subdomain: string;
  readonly tenantId: string;
  staff(who: "admin" | "doctor"): Promise<Client>;
  olga(): Promise<Client>;
  /** A command at the hospital. */
  wardline(command: string, ...args: readonly string[]): Promise<Ended>;
  /** What one that ends well says as JSON. */
  answer<T>(command: string, ...args: readonly string[]): Promise<T>;
  close(): Promise<void>;
}

export async function startCliHospital(stem: string): Promise<CliHospital> {
  const plane = await startOwnerPlane();
  const { services } = plane;
  services.clock.advance(systemClock.now().getTime() - services.clock.now().getTime());
  const app = createApp(services);
  const subdomain = plane.name(stem);
  const { tenant } = await provisionHospital(services, plane.owner(), asked(subdomain));
  const passwordHash = await hashPassword(password);
  const hospital = await services.resolver.hospitalById(tenant.id);
  if (hospital === null) throw new Error("The hospital was made and is not found.");
  await services.connections.hospital(hospital.place).transaction(async (tx) => {
    const rest = { passwordHash, departmentKey: "medical", mustChangePassword: false };
    const at = { hospital, clock: services.clock };
    await seedUser(tx, at, { ...rest, name: "Dr Danish", email: "doctor@cli.example", roleKey: "doctor" });
    await seedUser(tx, at, { ...rest, name: "Adeela Khan", email: "admin@cli.example", roleKey: "admin" });
  });
  await services.connections.control.db
    .insert(operators)
    .values({ email: "olga@cli.example", name: "Olga Owner", passwordHash, role: "super-admin" });
  const at = (command: string, args: readonly string[]) => [command, "--hospital", subdomain, ...args];
  return {
    ...{ plane, app, subdomain, tenantId: tenant.id },
    staff: (who) => new Client(app, `${subdomain}.localhost`).signIn(`${who}@cli.example`, password),
    olga: () => new Client(app, "owner.localhost").signIn("olga@cli.example", password),
    wardline: (command, ...args) => runCommand(plane, at(command, args)),
    answer: (command, ...args) => answerOf(plane, at(command, args)),
    close: async () => {
      await plane.close();
      await eraseHospitalFiles(services.env, tenant.id);
      for (const name of [tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase])
        await dropDatabase(plane.admin, name);
    },
  };
}

/** What a refusal says as JSON. */
export const refusalOf = ({ err }: Ended) =>
  JSON.parse(err) as { readonly code: string; readonly errors: readonly { readonly field: string }[] };
