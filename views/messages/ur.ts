import type { Messages } from "./en.ts";
import { account } from "./ur/account.ts";
import { audit } from "./ur/audit.ts";
import { clinical } from "./ur/clinical.ts";
import { common } from "./ur/common.ts";
import { copying } from "./ur/copying.ts";
import { credentials } from "./ur/credentials.ts";
import { docs } from "./ur/docs.ts";
import { documents } from "./ur/documents.ts";
import { errors } from "./ur/errors.ts";
import { health } from "./ur/health.ts";
import { imports } from "./ur/import.ts";
import { keys } from "./ur/keys.ts";
import { onSite } from "./ur/on-site.ts";
import { owner } from "./ur/owner.ts";
import { patients } from "./ur/patients.ts";
import { people } from "./ur/people.ts";
import { privacy } from "./ur/privacy.ts";
import { signIn } from "./ur/sign-in.ts";
import { staff } from "./ur/staff.ts";
import { standard } from "./ur/standard.ts";

/** Every text of the product in Urdu. */
export const ur: Messages = {
  ...common,
  ...errors,
  account,
  audit,
  clinical,
  copying,
  credentials,
  docs,
  documents,
  health,
  imports,
  patients,
  privacy,
  keys,
  onSite,
  owner,
  people,
  signIn,
  staff,
  standard,
};
