import type { Services } from "../server/tenancy/services.ts";
import { copyDue as copyDueFiles } from "./hospital/files.ts";
import { resumeDue as resumeDueImports, runImport } from "./hospital/import.ts";
import { cleanUpDue } from "./hospital/retention.ts";
import { pushDue as pushDueSync, pushOne, verifyDue } from "./hospital/sync.ts";
import { importUsers } from "./hospital/user-import.ts";
import { keepAll } from "./owner/audit.ts";
import { checkAll } from "./owner/health.ts";
import { expireTrials } from "./owner/subscriptions.ts";
import { eraseDue } from "./owner/tenants.ts";
import { pushDue as pushDueConfiguration } from "./platform/configuration.ts";
import { sendDue, sendHospital, sendOwner } from "./platform/mail.ts";
import { resumeDue, resumeOne } from "./platform/provisioning.ts";
import { resumeDue as resumeDueRestore } from "./platform/restore.ts";
import type { Handlers } from "./run.ts";

/** The code behind every name of the catalogue; a name without code does not compile. */
export const handlers: Handlers<Services> = {
  "sync.push-due": pushDueSync,
  "sync.push": pushOne,
  "files.copy-due": copyDueFiles,
  "sync.verify-due": verifyDue,
  "health.check-all": checkAll,
  "subscriptions.expire-trials": expireTrials,
  "audit.keep": keepAll,
  "configuration.push-due": pushDueConfiguration,
  "tenants.erase-due": eraseDue,
  "retention.clean-up-due": cleanUpDue,
  "provisioning.resume-due": resumeDue,
  "provisioning.resume": resumeOne,
  "restore.resume-due": resumeDueRestore,
  "mail.send-due": sendDue,
  "mail.send": sendHospital,
  "mail.send-owner": sendOwner,
  "import.run": runImport,
  "imports.resume-due": resumeDueImports,
  "users.import": importUsers,
};
