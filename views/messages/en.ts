import { account } from "./en/account.ts";
import { audit } from "./en/audit.ts";
import { clinical } from "./en/clinical.ts";
import { common } from "./en/common.ts";
import { copying } from "./en/copying.ts";
import { credentials } from "./en/credentials.ts";
import { docs } from "./en/docs.ts";
import { documents } from "./en/documents.ts";
import { errors } from "./en/errors.ts";
import { health } from "./en/health.ts";
import { imports } from "./en/import.ts";
import { keys } from "./en/keys.ts";
import { onSite } from "./en/on-site.ts";
import { owner } from "./en/owner.ts";
import { patients } from "./en/patients.ts";
import { people } from "./en/people.ts";
import { privacy } from "./en/privacy.ts";
import { signIn } from "./en/sign-in.ts";
import { staff } from "./en/staff.ts";
import { standard } from "./en/standard.ts";

/**
 * Every text of the product in English, the language the others are checked against. A domain adds its own
 * file, then one import and one name here, and the same in `ur.ts` and `hi.ts`; a text missing there does
 * not compile.
 */
export const en = {
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

export type Messages = typeof en;
