import { apiKeyCommands } from "./api-keys.ts";
import { auditCommands } from "./audit.ts";
import type { Command } from "./command.ts";
import { consentCommands } from "./consents.ts";
import { departmentCommands } from "./departments.ts";
import { disclosureCommands } from "./disclosures.ts";
import { healthCommands } from "./health.ts";
import { holdCommands } from "./holds.ts";
import { importFhir, importUsage } from "./import.ts";
import { keyCommands } from "./keys.ts";
import { nodeCommands } from "./node.ts";
import { operatorCommands } from "./operators.ts";
import { ownerCommands } from "./owner.ts";
import { passwordPolicyCommands } from "./password-policy.ts";
import { restoreCommands } from "./restore.ts";
import { restrictionCommands } from "./restrictions.ts";
import { retentionCommands } from "./retention.ts";
import { reviewCommands } from "./reviews.ts";
import { roleCommands } from "./roles.ts";
import { secondFactorCommands } from "./second-factor.ts";
import { serverCommands } from "./servers.ts";
import { signInCommands } from "./sign-ins.ts";
import { staffCommands } from "./staff.ts";
import { stateCommands } from "./state.ts";
import { supportCommands } from "./support.ts";
import { tenantCommands } from "./tenants.ts";
import { userCommands } from "./users.ts";

const importCommand: Command = {
  name: "import fhir",
  summary: "Read FHIR R4 bundles into a hospital",
  usage: importUsage,
  run: importFhir,
};

const commands: readonly Command[] = [
  ...tenantCommands,
  ...ownerCommands,
  ...operatorCommands,
  ...serverCommands,
  ...supportCommands,
  ...reviewCommands,
  ...consentCommands,
  ...restrictionCommands,
  ...disclosureCommands,
  ...retentionCommands,
  ...holdCommands,
  ...nodeCommands,
  ...restoreCommands,
  ...stateCommands,
  ...healthCommands,
  ...keyCommands,
  ...auditCommands,
  importCommand,
  ...staffCommands,
  ...roleCommands,
  ...departmentCommands,
  ...passwordPolicyCommands,
  ...secondFactorCommands,
  ...userCommands,
  ...signInCommands,
  ...apiKeyCommands,
];

/** What `bin/wardline` says of itself. */
export function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `Usage: bin/wardline COMMAND [options]\n\n${lines.join("\n")}\n
  Each takes --help and --json. It works on WARDLINE_DATA (.data) or DATABASE_URL, whether the app runs or not.
  Exit codes: 0 all well, 1 something is not, 2 not understood.`;
}

/** The command that these words begin with, and what follows them. */
export function find(
  given: readonly string[],
): { readonly command: Command; readonly args: readonly string[] } | null {
  for (const command of commands) {
    const words = command.name.split(" ");
    if (words.every((word, index) => given[index] === word))
      return { command, args: given.slice(words.length) };
  }
  return null;
}
